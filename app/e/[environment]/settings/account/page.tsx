import type { Metadata } from 'next'
import { OwnAccountSettings } from '@/components/settings/form-pages.tsx'

export const metadata: Metadata = { title: 'Your account' }

export default OwnAccountSettings
