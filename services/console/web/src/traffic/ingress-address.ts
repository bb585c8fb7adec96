import { queryOptions } from '@tanstack/react-query'

/** Where apps reach the ingress, as the console knows it. */
export const ingressAddressQuery = queryOptions({
  queryKey: ['readyz', 'ingress'],
  queryFn: async ({ signal }) => {
    const response = await fetch('/readyz', { signal })
    const { services } = (await response.json()) as { services: Record<string, { url: string }> }
    return (services.ingress?.url ?? 'http://localhost:8080').replace('//127.0.0.1:', '//localhost:')
  },
  staleTime: 60_000,
})
