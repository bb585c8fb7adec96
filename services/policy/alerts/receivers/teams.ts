import type { Described } from './describe-alert.ts'

const colours = { critical: 'Attention', error: 'Attention', warning: 'Warning', info: 'Default' }

/** A message with an Adaptive Card, as the webhooks of Teams (Workflows) take it. */
export function teamsMessage({ title, severity, facts, link }: Described): object {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            {
              type: 'TextBlock',
              size: 'Medium',
              weight: 'Bolder',
              color: colours[severity],
              wrap: true,
              text: plain(title),
            },
            {
              type: 'FactSet',
              facts: facts.map(({ name, value }) => ({ title: plain(name), value: plain(value) })),
            },
          ],
          ...(link !== undefined && {
            actions: [{ type: 'Action.OpenUrl', title: 'Open in AIRS-CP', url: link }],
          }),
        },
      },
    ],
  }
}

/** Cards render Markdown: a name that comes from a client must not become a link or a picture. */
function plain(text: string): string {
  return text.replace(/[\\`*_[\]<>!]/g, '\\$&')
}
