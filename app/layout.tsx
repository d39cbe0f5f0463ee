import type { Metadata, Viewport } from 'next'
import { cookies, headers } from 'next/headers'
import type { ReactNode } from 'react'
import { Providers } from '@/components/shell/providers.tsx'
import { THEME_COOKIE, toTheme } from '@/components/shell/theme.ts'
import { fontVariables } from './fonts.ts'
import './globals.css'

export const metadata: Metadata = {
  title: { default: 'Stepgate', template: '%s · Stepgate' },
  description: 'Zero trust, one endpoint at a time.',
  robots: { index: false, follow: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#0c0c0e' },
  ],
}

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  const theme = toTheme((await cookies()).get(THEME_COOKIE)?.value)
  const nonce = (await headers()).get('x-nonce') ?? ''
  return (
    <html
      lang="en"
      className={fontVariables}
      {...(theme === 'system' ? {} : { 'data-theme': theme })}
      suppressHydrationWarning
    >
      <body>
        <Providers nonce={nonce}>{children}</Providers>
      </body>
    </html>
  )
}
