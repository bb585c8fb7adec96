import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './client.ts'

/** What failed because the console or a service is down is asked for again; what was refused is not. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (count, error) => isPassing(error) && count < 3,
      retryDelay: (count) => Math.min(500 * 2 ** count, 4_000),
    },
    mutations: { networkMode: 'always' },
  },
})

export function isPassing(error: unknown): boolean {
  return error instanceof ApiProblem && (error.status === 0 || error.status === 502 || error.status === 503)
}
