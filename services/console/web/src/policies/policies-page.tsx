import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { overviewQuery } from '../overview/queries.ts'
import { useRange } from '../shell/time-range.ts'
import { ActionBadge, Badge } from '../ui/badge.tsx'
import { Snippet } from '../ui/copy.tsx'
import { Empty } from '../ui/empty.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { exactNumber } from '../ui/numbers.ts'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { OnlyObserved } from './only-observed.tsx'
import { policiesQuery } from './queries.ts'

/** Policies that an overview lists. */
const mostCounted = 10

const button = 'inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded border px-2.5'

/** The policies in force, and what each did in the range. */
export function PoliciesPage() {
  const range = useRange()
  const { data, error, refetch } = useQuery(policiesQuery)
  const { data: overview } = useQuery(overviewQuery(range, false))
  const figures = new Map(overview?.policies.map((one) => [one.policy, one]))
  /** The overview has those that asked for most; of others nothing is known where it is full. */
  const times = (name: string, part: 'enforced' | 'observed') => {
    const found = figures.get(name)
    if (found) return exactNumber(Object.values(found[part]).reduce((sum, count) => sum + count, 0))
    if (overview && overview.policies.length < mostCounted) return '0'
    return <span title="Others asked for more in this time">–</span>
  }
  return (
    <Page
      title="Policies"
      note={data && `set ${data.setVersion}`}
      actions={
        <>
          <Link to={'/mode' as '/'} className={`${button} border-line bg-panel hover:bg-raised`}>
            Mode
          </Link>
          <Link
            to={'/draft' as '/'}
            className={`${button} border-transparent bg-accent font-medium text-on-accent`}
          >
            Draft a policy
          </Link>
        </>
      }
      same={{
        cli: `npx airs policy list\nnpx airs overview --from ${range}`,
        api: ['/v1/policies', `/v1/overview?from=${range}`],
      }}
    >
      {error && <Problem error={error} what="The policies" retry={refetch} />}
      {!data && !error && <Loading />}
      {data?.policies.length === 0 && (
        <Empty title="No policy is in force">
          <p className="text-muted">
            Traffic is recorded as it is. Draft a policy, or apply the library that comes with AIRS-CP:
          </p>
          <Snippet text={'for file in infra/policies/*.yaml; do npx airs policy apply "$file"; done'} />
        </Empty>
      )}
      {data && <OnlyObserved enforcing={data.policies.filter(({ mode }) => mode === 'enforce')} />}
      {data && data.policies.length > 0 && (
        <Table
          label="Policies in force"
          rows={data.policies}
          id={({ name }) => name}
          columns={[
            {
              title: 'policy',
              cell: ({ name }) => (
                <Link
                  to={`/policies/${encodeURIComponent(name)}` as '/'}
                  className="font-medium underline decoration-line underline-offset-2 hover:decoration-current"
                >
                  {name}
                </Link>
              ),
            },
            {
              title: 'mode',
              cell: ({ mode }) => (
                <Badge tone={mode === 'enforce' ? 'ok' : mode === 'observe' ? 'observe' : 'neutral'}>
                  {mode}
                </Badge>
              ),
            },
            { title: 'action', cell: ({ action }) => <ActionBadge action={action} /> },
            { title: 'looks at', cell: ({ direction }) => direction?.join(', ') ?? '' },
            {
              title: 'acted',
              cell: ({ name }) => times(name, 'enforced'),
              align: 'right',
            },
            {
              title: 'observed',
              cell: ({ name }) => times(name, 'observed'),
              align: 'right',
            },
            {
              title: 'what it is for',
              cell: ({ description }) => (
                <span className="text-muted" title={description ?? ''}>
                  {description}
                </span>
              ),
              grows: true,
            },
            { title: 'version', cell: ({ version }) => version, align: 'right' },
            {
              title: 'applied',
              cell: ({ appliedAt, actor }) => (
                <span>
                  <Moment at={appliedAt} /> by {actor}
                </span>
              ),
            },
          ]}
        />
      )}
    </Page>
  )
}
