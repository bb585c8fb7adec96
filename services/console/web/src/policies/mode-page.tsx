import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { type Mode, modeQuery, modes } from '../shell/mode.ts'
import { Activation } from '../ui/activation.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Page, Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { Table } from '../ui/table.tsx'

const verbs: Record<Mode, string> = {
  observe: 'Observe only',
  enforce: 'Let policies act',
  off: 'Bypass all policies',
  stop: 'Stop all traffic',
}

/** The global mode: what it is, who set it and why, and the way to change it. A reason is asked for where no policy would decide. */
export function ModePage() {
  const { data, error, refetch } = useQuery(modeQuery)
  const { data: history } = useQuery({
    queryKey: ['mode-history'],
    queryFn: async ({ signal }) =>
      (await read(api.GET('/v1/mode/history', { params: { query: { limit: 50 } }, signal }))).changes,
  })
  const refusal = useRefusal('change the mode')
  const [chosen, setChosen] = useState<Mode>()
  const [reason, setReason] = useState('')
  const [message, setMessage] = useState('')
  const [applied, setApplied] = useState<Schemas['Activation']>()
  const [problem, setProblem] = useState<unknown>()
  const isGrave = chosen === 'off' || chosen === 'stop'
  const change = async (mode: Mode) => {
    setProblem(undefined)
    try {
      const done = await read(
        api.PUT('/v1/mode', { body: { mode, reason, ...(mode === 'stop' && message && { message }) } }),
      )
      setApplied(done.ingresses)
      setChosen(undefined)
      await queryClient.invalidateQueries({ queryKey: ['mode'] })
      await queryClient.invalidateQueries({ queryKey: ['mode-history'] })
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Page
      title="Mode"
      same={{
        cli: `npx airs mode${chosen ? ` ${chosen}` : ''}\nnpx airs mode history`,
        api: ['/v1/mode', '/v1/mode/history'],
      }}
    >
      {error && <Problem error={error} what="The mode" retry={refetch} />}
      <div
        role="radiogroup"
        aria-label="Mode"
        className="grid grid-cols-1 gap-2 md:grid-cols-2 xl:grid-cols-4"
      >
        {(Object.keys(modes) as Mode[]).map((mode) => {
          const isCurrent = data?.mode === mode
          return (
            <button
              key={mode}
              type="button"
              role="radio"
              aria-checked={chosen === mode || (chosen === undefined && isCurrent)}
              onClick={() => setChosen(isCurrent ? undefined : mode)}
              className={`flex flex-col gap-1 rounded-md border p-3 text-left ${chosen === mode ? 'border-accent' : 'border-line'} ${mode === 'off' && isCurrent ? 'stripes' : 'bg-panel hover:bg-raised'}`}
            >
              <span className="flex items-center gap-2">
                <Badge tone={modes[mode].tone}>{modes[mode].name}</Badge>
                <code className="font-mono text-sm text-muted">{mode}</code>
                {isCurrent && <span className="ml-auto text-sm">in force</span>}
              </span>
              <span className="text-muted">{modes[mode].meaning}</span>
            </button>
          )
        })}
      </div>
      {chosen && (
        <form
          className="flex max-w-2xl flex-col gap-2"
          onSubmit={(event) => {
            event.preventDefault()
            if (!refusal) change(chosen)
          }}
        >
          <Field
            name={isGrave ? 'Reason' : 'Reason, for the record'}
            required={isGrave}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
          />
          {chosen === 'stop' && (
            <Field
              name="What clients read"
              value={message}
              onChange={({ target }) => setMessage(target.value)}
            />
          )}
          <div className="flex gap-2">
            <Button
              type="submit"
              kind={isGrave ? 'danger' : 'primary'}
              refusal={refusal}
              disabled={isGrave && reason.trim() === ''}
            >
              {verbs[chosen]}
            </Button>
            <Button onClick={() => setChosen(undefined)}>Cancel</Button>
          </div>
        </form>
      )}
      {applied && <Activation of={applied} what="The mode is changed." />}
      {problem !== undefined && <Problem error={problem} what="The change" />}
      <Section title="Changes">
        <Table
          label="Changes of the mode"
          rows={history ?? []}
          id={({ changedAt }) => changedAt}
          columns={[
            { title: 'mode', cell: ({ mode }) => <Badge tone={modes[mode].tone}>{modes[mode].name}</Badge> },
            { title: 'since', cell: ({ changedAt }) => <Moment at={changedAt} /> },
            { title: 'by', cell: ({ actor }) => actor },
            { title: 'why', cell: ({ reason }) => reason, grows: true },
          ]}
        />
      </Section>
    </Page>
  )
}
