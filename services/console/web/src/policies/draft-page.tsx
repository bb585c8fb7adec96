import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { ApiProblem, api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { Activation } from '../ui/activation.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Loading } from '../ui/loading.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { BacktestPanel } from './backtest-panel.tsx'
import { completePolicy } from './complete-policy.ts'
import { History } from './history.tsx'
import { lintPolicy, yamlBody } from './lint-policy.ts'
import { NoPolicy } from './no-policy.tsx'
import { OnlyObserved } from './only-observed.tsx'
import { policyQuery, schemaQuery } from './queries.ts'
import { findWritten, forgetWritten, type InForce, keepWritten } from './written-draft.ts'

const CodeEditor = lazy(() => import('../ui/code-editor.tsx'))
const DiffView = lazy(() => import('./diff-view.tsx'))

const example = `name: cards-stay-here
description: Numbers of payment cards do not reach a provider
mode: observe
direction: request
detectors:
  - { detector: pii, types: [CREDIT_CARD], threshold: 0.8 }
action: redact
`

/** What happens if I switch this on? The draft, its difference, and its backtest beside each other. */
export function DraftPage() {
  const { name } = useParams({ strict: false }) as { name?: string }
  const found = useQuery({ ...policyQuery(name ?? ''), enabled: name !== undefined })
  if (name !== undefined && found.error)
    return (
      <div className="p-4">
        {found.error instanceof ApiProblem && found.error.status === 404 ? (
          <NoPolicy name={name} restored={() => found.refetch()} />
        ) : (
          <Problem error={found.error} what={`The policy ${name}`} retry={found.refetch} />
        )}
      </div>
    )
  if (name !== undefined && !found.data) return <Loading rows={12} />
  return <Draft key={name ?? 'new'} inForce={found.data} />
}

/** Of the policies in a draft, which may be several. */
const namesIn = (draft: string) => [...draft.matchAll(/^name:\s*["']?([\w.-]+)/gm)].map(([, name]) => name!)

const documentOf = (base: InForce | undefined) => base?.policy.document ?? example

function Draft({ inForce }: { inForce: InForce | undefined }) {
  const navigate = useNavigate()
  const refusal = useRefusal('change policies')
  const { data: schema } = useQuery(schemaQuery)
  const name = inForce?.policy.name
  const [found] = useState(() => findWritten(name))
  const written = found && found.draft !== documentOf(found.base) ? found : undefined
  const [base, setBase] = useState(written ? written.base : inForce)
  const [draft, setDraft] = useState(written?.draft ?? documentOf(inForce))
  const [view, setView] = useState<'edit' | 'diff'>('edit')
  const [reason, setReason] = useState(written?.reason ?? '')
  const [tested, setTested] = useState(found?.tested)
  const [applied, setApplied] = useState(() => takeApplied(inForce?.policy.name))
  const [theirs, setTheirs] = useState<InForce>()
  const [error, setError] = useState<unknown>()
  const mode = /^mode:\s*(\w+)/m.exec(draft)?.[1] ?? 'observe'
  const complete = useMemo(() => completePolicy(schema), [schema])
  const isWritten = draft !== documentOf(base)
  const isChanged = isWritten || base === undefined
  useEffect(() => keepWritten(name, { base, draft, reason, tested }), [name, base, draft, reason, tested])
  useEffect(() => {
    if (!isWritten) return
    const ask = (event: BeforeUnloadEvent) => event.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [isWritten])
  const apply = async (over: InForce | undefined) => {
    setError(undefined)
    setApplied(undefined)
    const names = namesIn(draft)
    const only = over?.policy.name ?? (names.length === 1 ? names[0] : undefined)
    try {
      const query = {
        ...(reason && { reason }),
        ...(tested?.of === draft && { backtest: tested.report.digest }),
      }
      const yaml = yamlBody(draft)
      if (only !== undefined) {
        const headers = { ...yaml.headers, ...(over ? { 'If-Match': over.tag } : { 'If-None-Match': '*' }) }
        const path = { name: only }
        const done = await read(api.PUT('/v1/policies/{name}', { ...yaml, headers, params: { path, query } }))
        await finish(done.name, done.ingresses)
      } else {
        const done = await read(api.PUT('/v1/policies', { ...yaml, params: { query } }))
        await finish(done.applied[0]!.name, done.ingresses)
      }
    } catch (problem) {
      if (only !== undefined && problem instanceof ApiProblem && problem.status === 412)
        setTheirs(await theirVersion(only))
      setError(problem)
    }
  }
  const finish = async (name: string, ingresses: Schemas['Activation']) => {
    await queryClient.invalidateQueries({ queryKey: ['policies'] })
    await queryClient.invalidateQueries({ queryKey: ['policy-versions'] })
    const next = await theirVersion(name)
    if (base) {
      setApplied(ingresses)
      setTheirs(undefined)
      setBase(next)
      return
    }
    // The page of the policy takes the place of this one: what is said and begun here would go with it.
    queryClient.setQueryData(['applied', name], ingresses)
    forgetWritten(undefined)
    navigate({ to: `/policies/${encodeURIComponent(name)}` as '/' })
  }
  const takeInForce = async () => {
    const next = name === undefined ? undefined : await theirVersion(name)
    setBase(next)
    setDraft(documentOf(next))
    setTheirs(undefined)
    setError(undefined)
  }
  const title = base ? base.policy.name : 'Draft a policy'
  const otherMode = mode === 'enforce' ? 'observe' : 'enforce'
  return (
    <Page
      wide
      title={title}
      note={
        base && (
          <span className="flex items-center gap-2">
            version {base.policy.version}
            <Badge tone={base.policy.mode === 'enforce' ? 'ok' : 'observe'}>{base.policy.mode}</Badge>
          </span>
        )
      }
      same={
        base
          ? {
              cli: `npx airs policy show ${base.policy.name}\nnpx airs policy history ${base.policy.name}\nnpx airs policy backtest FILE\nnpx airs policy apply FILE`,
              api: [
                `/v1/policies/${encodeURIComponent(base.policy.name)}`,
                `/v1/policies/${encodeURIComponent(base.policy.name)}/versions`,
              ],
            }
          : {
              cli: 'npx airs policy schema\nnpx airs policy backtest FILE\nnpx airs policy apply FILE',
              api: '/v1/policies/schema',
            }
      }
    >
      {base && <OnlyObserved enforcing={base.policy.mode === 'enforce' ? [base.policy] : []} />}
      <div className="grid min-h-0 grid-cols-1 gap-4 xl:grid-cols-2">
        <section aria-label="Draft" className="flex min-w-0 flex-col gap-2">
          <div className="flex flex-wrap items-center gap-2">
            <Button
              onClick={() => setView('edit')}
              aria-pressed={view === 'edit'}
              kind={view === 'edit' ? 'plain' : 'quiet'}
            >
              Edit
            </Button>
            <Button
              onClick={() => setView('diff')}
              aria-pressed={view === 'diff'}
              kind={view === 'diff' ? 'plain' : 'quiet'}
              disabled={!isChanged}
            >
              Difference to what is in force
            </Button>
            <span className="ml-auto flex flex-wrap gap-2">
              {isWritten && (
                <Button kind="quiet" onClick={takeInForce}>
                  Discard draft
                </Button>
              )}
              <Button
                onClick={() => setDraft(withMode(draft, otherMode))}
                title={`Writes “mode: ${otherMode}” into this draft. Nothing changes before you apply it, and the mode of the whole installation stays as it is.`}
              >
                Let this policy {otherMode}
              </Button>
            </span>
          </div>
          <div className="h-[26rem]">
            <Suspense fallback={<Loading />}>
              {view === 'edit' ? (
                <CodeEditor
                  text={draft}
                  change={setDraft}
                  label="Policy, YAML"
                  lint={lintPolicy}
                  complete={complete}
                />
              ) : (
                <DiffView before={base?.policy.document ?? ''} after={draft} />
              )}
            </Suspense>
          </div>
          <form
            className="flex flex-wrap items-end gap-2"
            onSubmit={(event) => {
              event.preventDefault()
              if (!refusal) apply(base)
            }}
          >
            <div className="min-w-60 grow">
              <Field
                name="Reason, for the record"
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            </div>
            <Button type="submit" kind="primary" refusal={refusal} disabled={!isChanged}>
              {mode === 'enforce' ? 'Enforce policy' : mode === 'off' ? 'Save policy, off' : 'Observe policy'}
            </Button>
          </form>
          {applied && <Activation of={applied} what="Applied." />}
          {theirs && (
            <Conflict
              mine={draft}
              theirs={theirs}
              isNew={base === undefined}
              keepMine={() => apply(theirs)}
              takeTheirs={() => {
                setBase(theirs)
                setDraft(theirs.policy.document)
                setTheirs(undefined)
                setError(undefined)
              }}
            />
          )}
          {error !== undefined && !theirs && <Problem error={error} what="The change" />}
        </section>
        <BacktestPanel draft={draft} tested={tested} done={setTested} />
      </div>
      {base && <History name={base.policy.name} current={base} restored={takeInForce} />}
    </Page>
  )
}

/** A new policy has an address of its own from its first version on: what was said of that goes there with it. */
function takeApplied(name: string | undefined): Schemas['Activation'] | undefined {
  const key = ['applied', name]
  const found = queryClient.getQueryData<Schemas['Activation']>(key)
  queryClient.removeQueries({ queryKey: key })
  return found
}

async function theirVersion(name: string): Promise<InForce> {
  await queryClient.invalidateQueries({ queryKey: ['policy', name] })
  return queryClient.fetchQuery({ ...policyQuery(name), staleTime: 0 })
}

function withMode(draft: string, mode: string): string {
  return /^mode:.*$/m.test(draft)
    ? draft.replace(/^mode:.*$/m, `mode: ${mode}`)
    : `${draft.trimEnd()}\nmode: ${mode}\n`
}

/** Two people edited one policy: both versions beside each other, and a person decides. */
function Conflict({
  mine,
  theirs,
  isNew,
  keepMine,
  takeTheirs,
}: {
  mine: string
  theirs: InForce
  isNew: boolean
  keepMine: () => void
  takeTheirs: () => void
}) {
  return (
    <div role="alert" className="flex flex-col gap-2 rounded-md border border-throttle p-3">
      <p className="font-medium">
        {isNew
          ? `A policy of this name is there already: version ${theirs.policy.version}, by ${theirs.policy.actor}.`
          : `${theirs.policy.actor} has applied version ${theirs.policy.version} since you began.`}
      </p>
      <p className="text-muted">
        Below: theirs, and what your draft changes in it. Edit your draft above, or choose.
      </p>
      <div className="h-64">
        <Suspense fallback={<Loading />}>
          <DiffView before={theirs.policy.document} after={mine} />
        </Suspense>
      </div>
      <div className="flex gap-2">
        <Button onClick={takeTheirs}>Take theirs</Button>
        <Button kind="danger" onClick={keepMine}>
          Apply my draft over it
        </Button>
      </div>
    </div>
  )
}
