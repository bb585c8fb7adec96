import { type Described, shortened } from './describe-alert.ts'

const icons = {
  critical: ':rotating_light:',
  error: ':no_entry:',
  warning: ':warning:',
  info: ':information_source:',
}

/** Ten fields are the most that Slack takes in a section. */
const fieldsAtOnce = 10

/** A message of Slack's incoming webhooks, in blocks; `text` is what notifications show. */
export function slackMessage({ title, severity, facts, link }: Described): object {
  const sections = Array.from({ length: Math.ceil(facts.length / fieldsAtOnce) }, (_, index) => ({
    type: 'section',
    fields: facts.slice(index * fieldsAtOnce, (index + 1) * fieldsAtOnce).map(({ name, value }) => ({
      type: 'mrkdwn',
      text: `*${escaped(name)}*\n${escaped(value)}`,
    })),
  }))
  return {
    text: `AIRS-CP: ${escaped(title)}`,
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `${icons[severity]} *${escaped(title)}*` } },
      ...sections,
      ...(link === undefined
        ? []
        : [
            {
              type: 'actions',
              elements: [
                {
                  type: 'button',
                  text: { type: 'plain_text', text: 'Open in AIRS-CP' },
                  url: shortened(link, 3_000),
                },
              ],
            },
          ]),
    ],
  }
}

/**
 * Names come from clients: they must not mention people (`<!channel>`), hide a link, or format. Slack wants three characters
 * escaped; the marks of formatting are parted from what they would format.
 */
function escaped(text: string): string {
  return text
    .replace(/[*_~`]/g, (mark) => `${mark}\u200b`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
