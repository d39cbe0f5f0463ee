import { redirect } from 'next/navigation'
import { ApiProblem } from '#lib/client/api-problem.ts'

/** Sends the person to the sign-in page when the session is over, and back to `path` after it. */
export async function orSignIn<Answer>(answer: Promise<Answer>, path: string): Promise<Answer> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401)
      redirect(`/sign-in?ended=1&return=${encodeURIComponent(path)}`)
    throw error
  }
}
