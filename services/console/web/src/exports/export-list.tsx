import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Id, Snippet } from '../ui/copy.tsx'
import { Loading } from '../ui/loading.tsx'
import { Moment } from '../ui/moment.tsx'
import { bytesText, numberOf } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { problemText } from '../ui/problem-text.ts'
import type { Tone } from '../ui/tone.ts'

type Export = Schemas['Export']

const tones: Record<Export['state'], Tone> = {
  queued: 'neutral',
  running: 'observe',
  completed: 'ok',
  failed: 'block',
  cancelled: 'throttle',
  deleted: 'neutral',
  expired: 'neutral',
}
const isUnderWay = ({ state }: Export) => state === 'queued' || state === 'running'

/** Exports and how far they are; each that is complete with its file, its manifest, its proof and the command that checks them. */
export function ExportList() {
  const { data, error, refetch } = useQuery({
    queryKey: ['exports'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/exports', { params: { query: { limit: 50 } }, signal }))).exports,
    refetchInterval: ({ state }) => (state.data?.some(isUnderWay) ? 700 : 10_000),
  })
  if (error) return <Problem error={error} what="The exports" retry={refetch} />
  if (!data) return <Loading />
  return (
    <Section title="Exports">
      {data.length === 0 && (
        <p className="text-muted">Nothing has been exported yet. Request an export above.</p>
      )}
      <ul className="flex flex-col gap-2">
        {data.map((one) => (
          <ExportItem key={one.id} of={one} />
        ))}
      </ul>
    </Section>
  )
}

function ExportItem({ of }: { of: Export }) {
  const refusal = useRefusal('make exports')
  const [problem, setProblem] = useState<string>()
  const path = { id: of.id }
  const act = async (work: Promise<unknown>) => {
    setProblem(undefined)
    try {
      await work
      await queryClient.invalidateQueries({ queryKey: ['exports'] })
    } catch (error) {
      setProblem(problemText(error))
    }
  }
  const extension = `${of.format}${of.compression === 'none' ? '' : of.compression === 'gzip' ? '.gz' : '.zst'}`
  const file = `airs-${of.kind}-${of.id}.${extension}`
  const hasProof = of.kind === 'events' && of.format === 'jsonl'
  return (
    <li className="flex flex-col gap-2 rounded-md border border-line bg-panel p-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tones[of.state]}>{of.state}</Badge>
        <span className="font-medium">
          {of.kind} as {of.format}
        </span>
        <span className="text-muted">
          {of.from ? <Moment at={of.from} exact /> : 'the beginning'} to{' '}
          {of.until ? <Moment at={of.until} exact /> : 'now'}
          {Object.entries(of.filters).map(([name, value]) => `, ${name} ${value}`)}
        </span>
        <span className="ml-auto text-muted">
          {numberOf(of.rows, 'row')}, {bytesText(of.bytes)}, <Moment at={of.requestedAt} /> by {of.actor}
        </span>
      </div>
      {isUnderWay(of) && (
        <div className="flex items-center gap-2">
          <progress value={of.percent} max={100} aria-label="Progress" className="h-2 grow accent-accent" />
          {of.percent} %{of.secondsLeft !== null && `, ${of.secondsLeft} s left`}
          <Button
            refusal={refusal}
            onClick={() => act(read(api.POST('/v1/exports/{id}/cancel', { params: { path } })))}
          >
            Cancel export
          </Button>
        </div>
      )}
      {of.error && <p className="tone-block toned">{of.error}</p>}
      {of.state === 'completed' && (
        <>
          <div className="flex flex-wrap items-center gap-2">
            <Download to={`/v1/exports/${of.id}/download`} name={file} refusal={refusal}>
              File
            </Download>
            <Download to={`/v1/exports/${of.id}/manifest`} name={`${file}.manifest.json`} refusal={refusal}>
              Manifest
            </Download>
            {hasProof && (
              <Download to={`/v1/exports/${of.id}/proof`} name={`${file}.proof`} refusal={refusal}>
                Proof
              </Download>
            )}
            {of.sha256 && (
              <span className="flex items-center gap-1 text-muted">
                SHA-256 <Id value={of.sha256} short what="the SHA-256" />
              </span>
            )}
            <Button
              kind="quiet"
              refusal={refusal}
              className="ml-auto"
              onClick={() => act(read(api.DELETE('/v1/exports/{id}', { params: { path } })))}
            >
              Delete export
            </Button>
          </div>
          <Snippet text={`npx airs verify ${file}`} />
        </>
      )}
      {problem && (
        <p role="alert" className="tone-block toned">
          {problem}
        </p>
      )}
    </li>
  )
}

function Download({
  to,
  name,
  refusal,
  children,
}: {
  to: string
  name: string
  refusal: string | undefined
  children: string
}) {
  if (refusal)
    return (
      <Button icon="download" refusal={refusal}>
        {children}
      </Button>
    )
  return (
    <a
      href={to}
      download={name}
      className="inline-flex h-7 shrink-0 items-center whitespace-nowrap gap-1.5 rounded border border-line bg-panel px-2.5 hover:bg-raised"
    >
      {children}
      <span className="sr-only">of the export, {name}</span>
    </a>
  )
}
