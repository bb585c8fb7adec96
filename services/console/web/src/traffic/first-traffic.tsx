import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, read } from '../api/client.ts'
import { type Range, rangeMs, ranges } from '../shell/time-range.ts'
import { Snippet } from '../ui/copy.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { ingressAddressQuery } from './ingress-address.ts'

/** Nothing is in the time that is shown: what there was last, or how the first comes. */
export function NoTraffic() {
  const { data: last, error } = useQuery({
    queryKey: ['last-exchange'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/exchanges', { params: { query: { limit: 1 } }, signal }))).exchanges[0] ??
      null,
  })
  if (last === undefined && !error) return <Loading />
  const at = last?.requestedAt ?? last?.endedAt
  if (!last || !at) return <FirstTraffic />
  const reaching = Object.keys(ranges).find((range) => Date.now() - rangeMs(range as Range) < Date.parse(at))
  return (
    <Empty title="No traffic in this time">
      <p className="text-muted">
        The last exchange was{' '}
        <Link to={`/exchanges/${last.exchange}` as '/'} className={link}>
          <Moment at={at} />
        </Link>
        .{' '}
        {reaching && (
          <Link
            to="."
            search={
              ((before: object) => ({
                ...before,
                range: reaching,
                from: undefined,
                until: undefined,
              })) as never
            }
            className={link}
          >
            Show the {ranges[reaching as Range].toLowerCase()}
          </Link>
        )}
      </p>
    </Empty>
  )
}

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** Nothing has been recorded yet: the two lines that point an app here, and a company's traffic to look at. */
function FirstTraffic() {
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
