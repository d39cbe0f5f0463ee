import { expect, it } from 'vitest'
import { ApiProblem, toApiProblem } from './api-problem.ts'

const answer = (body: string, status: number, type = 'application/problem+json') =>
  toApiProblem(new Response(body, { status, headers: { 'content-type': type } }))

it('names fields as forms do', () => {
  const problem = new ApiProblem({
    title: 'A value is refused',
    status: 422,
    code: 'invalid-value',
    errors: [
      { pointer: '/rule/requirements/0/seconds', detail: 'must be at least 30' },
      { pointer: 'query/limit', detail: 'must be at most 500' },
      { pointer: '/a~1b', detail: 'is unknown' },
    ],
  })
  expect(problem.fields.map(({ field }) => field)).toEqual(['rule.requirements.0.seconds', 'limit', 'a/b'])
})

it('keeps the words, the code and the request of the gateway', async () => {
  const problem = await answer(
    '{"title":"Gone","detail":"It was deleted.","code":"not-found","status":404,"instance":"req-1"}',
    404,
  )
  expect(problem).toMatchObject({
    title: 'Gone',
    message: 'It was deleted.',
    code: 'not-found',
    status: 404,
    requestId: 'req-1',
  })
})

it('says that Stepgate cannot be reached when a proxy in between answers', async () => {
  expect(await answer('<html>Bad gateway</html>', 502, 'text/html')).toMatchObject({ code: 'unreachable' })
})

it.each(['not JSON', '{"message":"no problem document"}', 'null'])(
  'survives an answer that is no problem document: %s',
  async (body) => {
    expect(await answer(body, 500)).toMatchObject({ status: 500, code: 'internal-error' })
  },
)

it('takes any 401 for a session that is over', async () => {
  expect(await answer('', 401, 'text/plain')).toMatchObject({ status: 401, code: 'unauthenticated' })
})
