import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { api, read, type Schemas } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import { useRefusal } from '../login/permissions.ts'
import { Activation } from '../ui/activation.tsx'
import { Button } from '../ui/button.tsx'
import { Id } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Field } from '../ui/field.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { problemText } from '../ui/problem-text.ts'
import { definitionQuery, type McpTool } from './queries.ts'

const DiffView = lazy(() => import('../policies/diff-view.tsx'))
const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** How a tool is defined, what has changed in that since it was pinned, and the decision on it. */
export function ToolPanel({ tool }: { tool: McpTool }) {
  return (
    <Section title={`Definition of ${tool.tool}`}>
      <Definition tool={tool} />
      <About tool={tool} />
      <Decide tool={tool} />
    </Section>
  )
}

function Definition({ tool }: { tool: McpTool }) {
  const refusal = useRefusal('read content')
  const expected = useQuery({ ...definitionQuery(tool.expectedExchange, tool.tool), enabled: !refusal })
  const found = useQuery({ ...definitionQuery(tool.foundExchange, tool.tool), enabled: !refusal })
  if (refusal) return <p className="text-muted">{refusal}</p>
  const error = expected.error ?? found.error
  if (error) return <Problem error={error} what="The definition" retry={() => found.refetch()} />
  if (expected.data === undefined || found.data === undefined) return <Loading rows={4} />
  if (found.data === null)
    return <p className="text-muted">The definition is not recorded, or its content was erased.</p>
  return (
    <>
      {tool.state !== 'pinned' && expected.data === null && (
        <p className="text-muted">
          The definition that it was pinned to is not recorded; this is the one that was found last.
        </p>
      )}
      <Suspense fallback={<Loading rows={4} />}>
        <DiffView before={expected.data ?? found.data} after={found.data} />
      </Suspense>
    </>
  )
}

function About({ tool }: { tool: McpTool }) {
  const { expected, found, foundExchange, foundAt, decidedBy, decidedAt, reason } = tool
  const seen = (
    <>
      <Moment at={foundAt} /> in{' '}
      <Link to={`/exchanges/${foundExchange}` as '/'} className={`font-mono text-sm ${link}`}>
        {foundExchange.slice(0, 13)}…
      </Link>
    </>
  )
  const decided = decidedBy !== null && decidedAt !== null && (
    <>
      by {decidedBy}, <Moment at={decidedAt} />
      {reason && `: ${reason}`}
    </>
  )
  return (
    <Facts
      of={[
        [
          'expected',
          expected === null ? (
            'nothing was pinned'
          ) : (
            <Id key="expected" value={expected} what="the expected digest" />
          ),
        ],
        ['found', <Id key="found" value={found} what="the digest that was found" />],
        ['seen', seen],
        ['decided', decided],
      ]}
    />
  )
}

function Decide({ tool: { server, tool, found, state, pinnedBy } }: { tool: McpTool }) {
  const refusal = useRefusal('decide on MCP tools')
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<string>()
  const [done, setDone] = useState<{ what: string; ingresses: Schemas['Activation'] }>()
  const decide = async (decision: 'approvals' | 'refusals') => {
    setProblem(undefined)
    const request = { params: { path: { server } }, body: { tool, sha256: found, reason } }
    try {
      const { ingresses } = await read(
        decision === 'approvals'
          ? api.POST('/v1/mcp/servers/{server}/approvals', request)
          : api.POST('/v1/mcp/servers/{server}/refusals', request),
      )
      setDone({ what: decision === 'approvals' ? 'Approved.' : 'Refused.', ingresses })
      await queryClient.invalidateQueries({ queryKey: ['mcp'] })
    } catch (error) {
      setProblem(problemText(error))
    }
  }
  const isConfigured = pinnedBy === 'configuration'
  return (
    <div className="flex flex-col gap-2">
      {isConfigured && state !== 'pinned' && (
        <p className="text-muted">
          AIRS_MCP_FILE pins this tool. To accept the change, write the digest that was found there and
          restart the ingress.
        </p>
      )}
      <div className="flex flex-wrap items-end gap-2">
        <Field
          name="Reason, for the record"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        {state !== 'pinned' && !isConfigured && (
          <Button kind="primary" icon="check" refusal={refusal} onClick={() => decide('approvals')}>
            Approve this definition
          </Button>
        )}
        {state !== 'refused' && (
          <Button kind="danger" icon="block" refusal={refusal} onClick={() => decide('refusals')}>
            Refuse this definition
          </Button>
        )}
      </div>
      {problem && (
        <p role="alert" className="tone-block toned">
          {problem}
        </p>
      )}
      {done && <Activation of={done.ingresses} what={done.what} />}
    </div>
  )
}
