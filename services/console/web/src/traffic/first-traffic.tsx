import { useQuery } from '@tanstack/react-query'
import { api, read } from '../api/client.ts'
import { Snippet } from '../ui/copy.tsx'
import { Empty } from '../ui/empty.tsx'
import { ingressAddressQuery } from './ingress-address.ts'

/** Nothing has been recorded yet: the two lines that point an app here, and a company's traffic to look at. */
export function FirstTraffic() {
  const { data: ingress = 'http://localhost:8080' } = useQuery(ingressAddressQuery)
  const { data: found } = useQuery({
    queryKey: ['ingresses'],
    queryFn: ({ signal }) => read(api.GET('/v1/ingresses', { signal })),
  })
  const upstream = found?.ingresses[0]?.upstreams.find(({ isDefault }) => isDefault)
  return (
    <Empty title="No traffic has been recorded yet">
      <p>Point an app at the ingress. For clients of OpenAI:</p>
      <Snippet text={`export OPENAI_BASE_URL=${ingress}/v1`} what="the line" />
      <p>For clients of Anthropic:</p>
      <Snippet text={`export ANTHROPIC_BASE_URL=${ingress}`} what="the line" />
      {upstream && (
        <p className="text-muted">
          Requests go to {upstream.name}
          {upstream.kind === 'mock' ? ', which echoes them' : ` at ${upstream.url}`}.
        </p>
      )}
      <p>To look around first, send the traffic of a made-up company:</p>
      <Snippet text="npm run demo" />
    </Empty>
  )
}
