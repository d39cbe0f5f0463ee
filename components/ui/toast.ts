'use client'
export { toast } from 'sonner'
