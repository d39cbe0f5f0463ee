import type { Metadata } from 'next'
import { LeastPrivilegePage } from '@/components/findings/least-privilege-page.tsx'

export const metadata: Metadata = { title: 'Least privilege' }

export default LeastPrivilegePage
