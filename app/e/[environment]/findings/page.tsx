import type { Metadata } from 'next'
import { LifetimesPage } from '@/components/findings/lifetimes-page.tsx'

export const metadata: Metadata = { title: 'Lifetimes' }

export default LifetimesPage
