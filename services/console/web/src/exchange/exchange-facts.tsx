import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ErasedNote } from '../exports/erased-note.tsx'
import { Id } from '../ui/copy.tsx'
import { Facts } from '../ui/facts.tsx'
import { Moment } from '../ui/moment.tsx'
import { bytesText, moneyText, numberOf } from '../ui/numbers.ts'
import { Section } from '../ui/page.tsx'
import { asDecision } from './decision.ts'
import { DecisionChain } from './decision-chain.tsx'
import { type Exchange, factsQuery } from './queries.ts'
import { Receipt } from './receipt.tsx'
import { outcomeOf } from './recorded-facts.ts'
import { TimingBar } from './timing-bar.tsx'

const link = 'underline decoration-line underline-offset-2 hover:decoration-current'

/** Everything about an exchange but what was said. */
export function ExchangeFacts({ exchange }: { exchange: Exchange }) {
  const { data: events = [] } = useQuery(factsQuery(exchange.exchange))
  const outcome = outcomeOf(events)
  const usage = outcome?.usage
  return (
    <div className="flex flex-col gap-5">
      {exchange.erased && <ErasedNote erased={exchange.erased} />}
      <Section title="Decisions">
        <DecisionChain side="Request" decision={asDecision(exchange.requestDecision)} />
        <DecisionChain side="Response" decision={asDecision(exchange.responseDecision)} />
      </Section>
      <Section title="Who and what">
        <Facts
          of={[
            ['Time', exchange.requestedAt && <Moment at={exchange.requestedAt} exact />],
            [
              'Session',
              exchange.session && (
                <Link to={`/sessions/${encodeURIComponent(exchange.session)}` as '/'} className={link}>
                  {exchange.session}
                </Link>
              ),
            ],
            ['Agent', exchange.agent && <Filter name="agent" value={exchange.agent} />],
            ['Key', exchange.keyName && <Filter name="key" value={exchange.keyName} />],
            ['Credential', exchange.credential && <Filter name="credential" value={exchange.credential} />],
            [
              'Tags',
              exchange.tags.length > 0 &&
                exchange.tags.map((tag) => <Filter key={tag} name="tag" value={tag} />),
            ],
            ['Provider', exchange.provider],
            [
              'Model',
              exchange.model &&
                `${exchange.model}${exchange.responseModel && exchange.responseModel !== exchange.model ? ` (response by ${exchange.responseModel})` : ''}`,
            ],
            ['Route', exchange.path && <code className="font-mono text-sm">{exchange.path}</code>],
            [
              'Error',
              exchange.errorCode &&
                `${exchange.errorCode}${outcome?.error?.message ? `: ${outcome.error.message}` : ''}`,
            ],
            ['Finish', outcome?.finishReasons?.join(', ')],
          ]}
        />
      </Section>
      {outcome && (
        <Section title="Time and cost">
          <TimingBar outcome={outcome} />
          <Facts
            of={[
              ['Input', usage?.inputTokens !== undefined && tokens(usage.inputTokens, usage.estimated)],
              ['From cache', usage?.cachedInputTokens ? tokens(usage.cachedInputTokens, false) : null],
              ['Output', usage?.outputTokens !== undefined && tokens(usage.outputTokens, usage.estimated)],
              ['Reasoning', usage?.reasoningTokens ? tokens(usage.reasoningTokens, false) : null],
              [
                'Cost',
                outcome.cost
                  ? `${moneyText(outcome.cost.usdMicros)} (${outcome.cost.priceDate === 'configured' ? 'by a price of yours' : `prices of ${outcome.cost.priceDate}`})`
                  : 'not known: no price for this model',
              ],
            ]}
          />
        </Section>
      )}
      <Section title="Recorded">
        <Facts
          of={[
            ['Exchange', <Id key="id" value={exchange.exchange} />],
            ...exchange.bodies.map(({ side, bytes, sha256 }): [string, React.ReactNode] => [
              side,
              <span key={side} className="flex items-center gap-2">
                {bytesText(bytes)} <Id value={sha256} short what="the SHA-256" />
              </span>,
            ]),
            ...exchange.events.map(({ id, type }): [string, React.ReactNode] => [
              type.replace(/^airs\.|\.v\d+$/g, ''),
              <Id key={id} value={id} what="the id of the event" />,
            ]),
          ]}
        />
      </Section>
      <Receipt exchange={exchange.exchange} />
    </div>
  )
}

function Filter({ name, value }: { name: string; value: string }) {
  return (
    <Link to="/traffic" search={{ [name]: value } as never} className={`${link} mr-2`}>
      {value}
    </Link>
  )
}

function tokens(count: number, estimated: boolean): string {
  return `${numberOf(count, 'token')}${estimated ? ', estimated' : ''}`
}
