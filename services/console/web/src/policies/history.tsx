import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { Activation } from '../ui/activation.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Id } from '../ui/copy.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'
import { type PolicyVersion, versionsQuery } from './queries.ts'

const DiffView = lazy(() => import('./diff-view.tsx'))

/** Every version that there was; any of them can be brought back, as a new one. */
export function History({
  name,
  current,
  restored,
}: {
  name: string
  current: { policy: Schemas['Policy']; tag: string } | undefined
  restored: () => void
}) {
  const { data: versions = [] } = useQuery(versionsQuery(name))
  const refusal = useRefusal('change policies')
  const [shown, setShown] = useState<PolicyVersion>()
  const [applied, setApplied] = useState<Schemas['Activation']>()
  const [error, setError] = useState<unknown>()
  const restore = async (version: number) => {
    setError(undefined)
    try {
      const done = await read(
        api.POST('/v1/policies/{name}/rollback', {
          params: { path: { name } },
          body: { version, reason: `Rolled back to version ${version}` },
          ...(current && { headers: { 'If-Match': current.tag } }),
        }),
      )
      setApplied(done.ingresses)
      await queryClient.invalidateQueries({ queryKey: ['policy-versions', name] })
      await queryClient.invalidateQueries({ queryKey: ['policies'] })
      restored()
    } catch (problem) {
      setError(problem)
    }
  }
  const before = shown && versions.find(({ version }) => version === shown.version - 1)
  return (
    <Section title="History">
      {applied && <Activation of={applied} what="Rolled back." />}
      {error !== undefined && <Problem error={error} what="The rollback" />}
      <Table
        label="History"
        rows={versions}
        id={({ version }) => version}
        columns={[
          { title: 'version', cell: ({ version }) => version, align: 'right' },
          { title: 'applied', cell: ({ appliedAt }) => <Moment at={appliedAt} /> },
          { title: 'by', cell: ({ actor }) => actor },
          {
            title: 'mode',
            cell: ({ document, mode }) =>
              document === null ? (
                <Badge tone="throttle">removed</Badge>
              ) : (
                <Badge tone={mode === 'enforce' ? 'ok' : 'observe'}>{mode}</Badge>
              ),
          },
          {
            title: 'why',
            cell: ({ reason, restores }) => reason ?? (restores ? `restores version ${restores}` : ''),
            grows: true,
          },
          { title: 'digest', cell: ({ digest }) => digest && <Id value={digest} short what="the digest" /> },
          {
            title: 'actions',
            cell: (version) => (
              <span className="flex gap-1">
                <Button kind="quiet" onClick={() => setShown(shown === version ? undefined : version)}>
                  {shown === version ? 'Hide' : 'What it changed'}
                </Button>
                {version.document !== null && version.version !== current?.policy.version && (
                  <Button kind="quiet" refusal={refusal} onClick={() => restore(version.version)}>
                    Roll back to this
                  </Button>
                )}
              </span>
            ),
          },
        ]}
      />
      {shown && (
        <div className="h-72">
          <Suspense fallback={<Loading />}>
            <DiffView before={before?.document ?? ''} after={shown.document ?? ''} />
          </Suspense>
        </div>
      )}
    </Section>
  )
}
