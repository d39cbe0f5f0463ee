const SECURITY_HEADERS = [
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'X-Frame-Options', value: 'DENY' },
  { key: 'Referrer-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Resource-Policy', value: 'same-origin' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  },
]

const GATEWAY_URL = process.env.STEPGATE_GATEWAY_URL ?? 'http://127.0.0.1:3000'

/** @type {import('next').NextConfig} */
const config = {
  distDir: process.env.STEPGATE_CONSOLE_DIST ?? '.next',
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: [
    '127.0.0.1',
    '[::1]',
    ...(process.env.STEPGATE_PUBLIC_URL ? [new URL(process.env.STEPGATE_PUBLIC_URL).hostname] : []),
  ],
  // `npm run verify` checks types, for the whole repository at once.
  typescript: { ignoreBuildErrors: true, tsconfigPath: process.env.STEPGATE_CONSOLE_TSCONFIG ?? 'tsconfig.json' },
  experimental: { optimizePackageImports: ['radix-ui', 'lucide-react', 'date-fns', 'recharts'] },
  // `next dev` on its own port, against any running gateway.
  rewrites: () =>
    Promise.resolve(
      process.env.NODE_ENV === 'development'
        ? [{ source: '/api/v1/:path*', destination: `${GATEWAY_URL}/api/v1/:path*` }]
        : [],
    ),
  headers: () => Promise.resolve([{ source: '/(.*)', headers: SECURITY_HEADERS }]),
}

export default config
