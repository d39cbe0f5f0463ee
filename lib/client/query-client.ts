import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api-problem.ts'
import './topic.ts'

const RETRIES_MAX = 2

/** Refusals stay refused; only a control plane that did not answer is asked again. */
const isWorthRetrying = (failures: number, error: unknown): boolean =>
  failures < RETRIES_MAX && error instanceof ApiProblem && (error.code === 'unreachable' || error.status >= 500)

export function createQueryClient(onSessionEnd: () => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiProblem && error.status === 401) onSessionEnd()
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({
      onError,
      onSuccess: (_data, _variables, _result, mutation) => {
        const changes = mutation.meta?.changes ?? []
        void client.invalidateQueries({ predicate: ({ queryKey }) => changes.some((topic) => topic === queryKey[0]) })
      },
    }),
    defaultOptions: {
      queries: { staleTime: 5_000, gcTime: 5 * 60_000, retry: isWorthRetrying, refetchOnWindowFocus: true },
      mutations: { retry: false },
    },
  })
  return client
}
