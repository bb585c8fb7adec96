import { useState } from 'react'
import { api, read } from '../api/client.ts'
import { queryClient } from '../api/query-client.ts'
import type { Schemas } from '../api/schemas.ts'
import { useRefusal } from '../login/permissions.ts'
import { Activation } from '../ui/activation.tsx'
import { Button } from '../ui/button.tsx'
import { Snippet } from '../ui/copy.tsx'
import { amount, Choice, Field, wholeNumber } from '../ui/field.tsx'
import { Moment } from '../ui/moment.tsx'
import { Section } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'

type Period = 'day' | 'week' | 'month' | 'total'

/** A key is made with its limits, and shown once. */
export function CreateKey({ ingress, close }: { ingress: string; close: () => void }) {
  const refusal = useRefusal('make and revoke keys')
  const [name, setName] = useState('')
  const [models, setModels] = useState('')
  const [budget, setBudget] = useState('')
  const [period, setPeriod] = useState<Period>('month')
  const [rate, setRate] = useState('')
  const [agent, setAgent] = useState('')
  const [expires, setExpires] = useState('')
  const [made, setMade] = useState<{ key: string; ingresses: Schemas['Activation'] }>()
  const [error, setError] = useState<unknown>()
  const create = async () => {
    setError(undefined)
    try {
      const done = await read(
        api.POST('/v1/keys', {
          body: {
            name: name.trim(),
            ...(models.trim() && { models: models.split(/[\s,]+/).filter(Boolean) }),
            ...(budget.trim() && {
              budgetUsdMicros: Math.round(Number(budget) * 1e6),
              budgetPeriod: period,
            }),
            ...(rate.trim() && { requestsPerMinute: Number(rate) }),
            ...(agent.trim() && { agent: agent.trim() }),
            ...(expires && { expiresAt: new Date(expires).toISOString() }),
          },
        }),
      )
      setMade({ key: done.key ?? '', ingresses: done.ingresses })
      await queryClient.invalidateQueries({ queryKey: ['keys'] })
    } catch (problem) {
      setError(problem)
    }
  }
  if (made) return <NewKey of={made} ingress={ingress} close={close} />
  return (
    <form
      aria-label="Create key"
      onSubmit={(event) => {
        event.preventDefault()
        if (!refusal) create()
      }}
      className="flex flex-col gap-3 rounded-md border border-line bg-panel p-3"
    >
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2 lg:grid-cols-4">
        <Field
          name="Name"
          required
          value={name}
          onChange={({ target }) => setName(target.value)}
          placeholder="claims-triage, production"
        />
        <Field
          name="Models"
          value={models}
          onChange={({ target }) => setModels(target.value)}
          placeholder="all, or gpt-4o*, claude-*"
        />
        <Field
          name="Budget in USD"
          {...amount}
          value={budget}
          onChange={({ target }) => setBudget(target.value)}
          placeholder="none"
        />
        <Choice
          name="Budget renews"
          value={period}
          onChange={({ target }) => setPeriod(target.value as Period)}
          options={[
            ['day', 'each day'],
            ['week', 'each week'],
            ['month', 'each month'],
            ['total', 'never'],
          ]}
        />
        <Field
          name="Requests per minute"
          {...wholeNumber}
          value={rate}
          onChange={({ target }) => setRate(target.value)}
          placeholder="no limit"
        />
        <Field
          name="Agent, whatever headers say"
          value={agent}
          onChange={({ target }) => setAgent(target.value)}
          placeholder="as clients say"
        />
        <Field
          name="Expires at 00:00 UTC on"
          type="date"
          value={expires}
          onChange={({ target }) => setExpires(target.value)}
        />
      </div>
      {error !== undefined && <Problem error={error} what="The key" />}
      <div className="flex gap-2">
        <Button type="submit" kind="primary" refusal={refusal} disabled={name.trim() === ''}>
          Create key
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
    </form>
  )
}

/** The key itself, once, and how each client uses it. */
export function NewKey({
  of,
  ingress,
  close,
}: {
  /** `formerUntil` of one that takes the place of another. */
  of: { key: string; ingresses: Schemas['Activation']; formerUntil?: string }
  ingress: string
  close: () => void
}) {
  return (
    <div className="flex flex-col gap-3 rounded-md border border-accent bg-panel p-3">
      <p className="font-medium">This key is shown once: copy it now. AIRS-CP stores only its digest.</p>
      <Snippet text={of.key} what="the key" />
      <Activation of={of.ingresses} what={of.formerUntil === undefined ? 'Created.' : 'Rotated.'} />
      {of.formerUntil && (
        <p>
          The key before it ends <Moment at={of.formerUntil} />. Clients can change over until then.
        </p>
      )}
      <Section title="Set up a client">
        <p className="text-muted">
          Where the ingress has the provider's credential, the key takes its place:
        </p>
        <Snippet
          text={`export OPENAI_BASE_URL=${ingress}/v1\nexport OPENAI_API_KEY=${of.key}`}
          what="the lines for OpenAI"
        />
        <Snippet
          text={`export ANTHROPIC_BASE_URL=${ingress}\nexport ANTHROPIC_API_KEY=${of.key}`}
          what="the lines for Anthropic"
        />
        <p className="text-muted">
          What Claude Code, Codex, Gemini CLI, Cursor and others need, each exactly; without a name all are
          listed:
        </p>
        <Snippet
          text={`npx airs connect\nnpx airs connect claude-code --key ${of.key}`}
          what="the commands"
        />
        <p className="text-muted">
          Where the client has its own credential, the key stands beside it in a header:
        </p>
        <Snippet
          text={`curl ${ingress}/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" -H "X-AIRS-Key: ${of.key}" -H "Content-Type: application/json" -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'`}
        />
      </Section>
      <Button onClick={close} className="self-start">
        I have copied it
      </Button>
    </div>
  )
}
