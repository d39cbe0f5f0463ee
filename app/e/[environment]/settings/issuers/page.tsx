import type { Metadata } from 'next'
import { IssuerSettings } from '@/components/settings/issuer-settings.tsx'

export const metadata: Metadata = { title: 'Trusted issuers' }

export default IssuerSettings
