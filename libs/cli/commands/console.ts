import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { formatInstant } from '../format.ts'
import { loginLinkNote } from '../login-link-note.ts'

export function configureConsole(command: Command, context: Context): void {
  command
    .description(
      'Print a link that opens the console and logs in with the token of this machine. It works once, within an hour.',
    )
    .action(async () => {
      const link = await context.client().loginLink()
      context.result(link, () => `${link.url}\nIt logs in once, until ${formatInstant(link.expiresAt)}.`)
      const note = loginLinkNote(link.url)
      if (note) context.note(note)
    })
}
