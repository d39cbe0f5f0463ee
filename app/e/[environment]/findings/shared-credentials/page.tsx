import type { Metadata } from 'next'
import { SharedCredentialsPage } from '@/components/findings/shared-credentials-page.tsx'

export const metadata: Metadata = { title: 'Shared credentials' }

export default SharedCredentialsPage
