import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useMemo } from 'react'
import { QuarantineSession } from '../agents/quarantine-session.tsx'
import { EraseLink } from '../exports/erase-link.tsx'
import { useKeys } from '../shell/shortcuts.ts'
import { quoted } from '../traffic/filters.ts'
import { Button } from '../ui/button.tsx'
import { Id } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { bytesText, exactNumber, numberOf } from '../ui/numbers.ts'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { titleOf } from './node-title.ts'
import { PieceText } from './piece-text.tsx'
import { lineagePage, lineageQuery, type Node, type Session, sessionQuery, traceQuery } from './queries.ts'
import { Timeline } from './timeline.tsx'

const LineageGraph = lazy(() => import('./lineage-graph.tsx'))

/** What did this agent do, and from what? */
export function SessionPage() {
  const { session: id } = useParams({ strict: false }) as { session: string }
  const search = useSearch({ strict: false }) as { node?: string; trace?: 'backwards' | 'forwards' }
  const navigate = useNavigate()
  const { data: pages, error, refetch, ...paging } = useInfiniteQuery(sessionQuery(id))
  const lineage = useInfiniteQuery(lineageQuery(id))
  const direction = search.trace ?? 'backwards'
  const trace = useQuery({
    ...traceQuery(id, search.node ?? '', direction),
    enabled: search.node !== undefined,
  })
  const traced = useMemo(
    () => (search.node && trace.data ? new Set(trace.data.nodes.map(({ id }) => id)) : undefined),
    [search.node, trace.data],
  )
  const go = (change: Record<string, string | undefined>) =>
    navigate({ to: '.', replace: true, search: ((before: object) => ({ ...before, ...change })) as never })
  const exchanges = useMemo(() => pages?.pages.flatMap(({ exchanges }) => exchanges) ?? [], [pages])
  const { graphed, nodes, edges } = useMemo(() => together(lineage.data?.pages ?? []), [lineage.data])
  useKeys({ Escape: () => search.node && go({ node: undefined, trace: undefined }) })
  if (error)
    return (
      <div className="p-4">
        <Problem error={error} what="The session" retry={refetch} />
      </div>
    )
  const data = pages?.pages.at(-1)
  if (!data) return <Loading rows={10} />
  const isChosen = ({ id }: Node) => id === search.node
  const chosen = nodes.find(isChosen) ?? trace.data?.nodes.find(isChosen)
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = paging
  const left = data.exchangeCount - graphed.length
  return (
    <Page
      wide
      title={data.name}
      note={
        <>
          {numberOf(data.exchangeCount, 'exchange')}, last active <Moment at={data.lastActiveAt} />
          {data.caller && `, ${callerText(data.caller)}`}
        </>
      }
      actions={
        <>
          <Link
            to="/traffic"
            search={{ session: data.session } as never}
            className="inline-flex h-7 shrink-0 items-center whitespace-nowrap rounded border border-line bg-panel px-2.5 hover:bg-raised"
          >
            Show in traffic
          </Link>
          <QuarantineSession session={data.session} />
          <EraseLink of={{ session: data.name, ...(data.caller && { caller: data.caller }) }} />
        </>
      }
      same={{
        cli: `npx airs sessions show ${quoted(data.session)} --lineage`,
        api: `/v1/sessions/${encodeURIComponent(data.session)}?include=new-lineage`,
      }}
    >
      <Section title="Timeline">
        <Timeline
          session={data}
          exchanges={exchanges}
          nodes={nodes}
          more={
            hasNextPage && !isFetchingNextPage && !paging.isFetchNextPageError ? fetchNextPage : undefined
          }
        />
        {hasNextPage && (
          <p className="flex flex-wrap items-center gap-2 text-muted">
            The first {exactNumber(exchanges.length)} of {numberOf(data.exchangeCount, 'exchange')}. The next
            ones come as you scroll; “Show in traffic” begins with the newest.
            {paging.isFetchNextPageError && <Button onClick={() => fetchNextPage()}>Try again</Button>}
          </p>
        )}
      </Section>
      <Section
        title="Lineage"
        actions={
          chosen && (
            <>
              <Button
                aria-pressed={direction === 'backwards'}
                kind={direction === 'backwards' ? 'plain' : 'quiet'}
                onClick={() => go({ trace: 'backwards' })}
              >
                Where it came from
              </Button>
              <Button
                aria-pressed={direction === 'forwards'}
                kind={direction === 'forwards' ? 'plain' : 'quiet'}
                onClick={() => go({ trace: 'forwards' })}
              >
                What was made of it
              </Button>
              <Button
                kind="quiet"
                icon="close"
                onClick={() => go({ node: undefined, trace: undefined })}
                aria-label="Show all"
              />
            </>
          )
        }
      >
        {lineage.isLoading && <Loading />}
        {lineage.error && <Problem error={lineage.error} what="The lineage" retry={lineage.refetch} />}
        {lineage.data && nodes.length === 0 && !lineage.hasNextPage && (
          <p className="text-muted">Nothing has flowed through this session yet.</p>
        )}
        {nodes.length > 0 && (
          <div className="flex flex-col gap-3 lg:flex-row">
            <div className="min-w-0 grow">
              <Suspense fallback={<Loading />}>
                <LineageGraph
                  exchanges={graphed}
                  nodes={nodes}
                  edges={edges}
                  chosen={search.node}
                  traced={traced}
                  choose={(node) => go({ node })}
                />
              </Suspense>
            </div>
            <aside aria-label="Piece" className="w-full shrink-0 lg:w-80">
              {chosen ? (
                <Piece node={chosen} traced={trace.data?.nodes.length} direction={direction} />
              ) : (
                <p className="text-muted">
                  An arrow leads from a piece to what was made of it first. Each piece stands in the exchange
                  in which it occurred first; the numbers count the exchanges. Choose a piece to see all that
                  it came from, or all that was made of it.
                </p>
              )}
            </aside>
          </div>
        )}
        {lineage.hasNextPage && (
          <p className="flex flex-wrap items-center gap-2 text-muted">
            The graph of the first {exactNumber(graphed.length)} exchanges; {exactNumber(left)} more.
            <Button disabled={lineage.isFetchingNextPage} onClick={() => lineage.fetchNextPage()}>
              Add the next {exactNumber(Math.min(left, lineagePage))}
            </Button>
          </p>
        )}
        {trace.error && <Problem error={trace.error} what="The trace" />}
      </Section>
    </Page>
  )
}

/** Pages one behind the other. A piece that a later page repeats stands where it was first. */
function together(pages: readonly Session[]) {
  const nodes = new Map(pages.flatMap(({ lineage }) => lineage?.nodes ?? []).map((node) => [node.id, node]))
  return {
    graphed: pages.flatMap(({ exchanges }) => exchanges.map(({ exchange }) => exchange)),
    nodes: [...nodes.values()],
    edges: pages.flatMap(({ lineage }) => lineage?.edges ?? []),
  }
}

function Piece({ node, traced, direction }: { node: Node; traced: number | undefined; direction: string }) {
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-medium">{titleOf(node)}</h3>
      <PieceText node={node} />
      {traced !== undefined && (
        <p className="text-muted">
          {traced <= 1
            ? direction === 'backwards'
              ? 'It came from nothing in this session.'
              : 'Nothing was made of it.'
            : `${exactNumber(traced - 1)} ${traced === 2 ? 'piece' : 'pieces'} ${direction === 'backwards' ? 'it came from' : 'made of it'}.`}
        </p>
      )}
      <Facts
        of={[
          [
            'First in',
            <Link key="e" to={`/exchanges/${node.exchange}` as '/'} className="font-mono text-sm underline">
              {node.exchange.slice(0, 13)}…
            </Link>,
          ],
          ['Size', bytesText(node.bytes)],
          ['Written by', node.generated ? 'a model of this session' : 'someone else'],
          ['SHA-256', <Id key="d" value={node.digest} short what="the SHA-256" />],
        ]}
      />
    </div>
  )
}

function callerText(caller: string): string {
  return caller.startsWith('key:') ? 'with a client key' : 'with a credential of the provider'
}
