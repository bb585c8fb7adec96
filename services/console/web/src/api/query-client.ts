import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './client.ts'

/** What failed because the console or a service is down is asked for until it comes; what was refused is not. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (count, error) => isPassing(error) && count < 1,
      retryDelay: 500,
      refetchInterval: ({ state }) => (isPassing(state.error) ? 3_000 : false),
    },
    mutations: { networkMode: 'always' },
  },
})

export function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 502 || error.status === 503)
}
