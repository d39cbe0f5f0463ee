import NextAuth from 'next-auth'
import { authOptions } from '../../../auth-options.ts'

const respond = NextAuth(authOptions()) as (request: Request, context: unknown) => Promise<Response> // next-auth 4 has no type for route handlers

export { respond as GET, respond as POST }
