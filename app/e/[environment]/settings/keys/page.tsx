import type { Metadata } from 'next'
import { KeySettings } from '@/components/settings/key-settings.tsx'

export const metadata: Metadata = { title: 'Signing keys' }

export default KeySettings
