import { Command } from 'commander'
import { addGroupHelp } from './commands/help.ts'
import { commands } from './commands.ts'
import type { Context, GlobalFlags } from './context.ts'
import { exitCodesHelp } from './exit-codes.ts'
import { defaultUrl } from './settings.ts'
import { commandNames, refuseCommand, refuseSubcommand } from './unknown-command.ts'

/**
 * The command line. Commands that `isNeeded` refuses have their name and summary only.
 * @param createContext is given a way to the global flags, which are known once the line is parsed.
 */
export async function buildProgram({
  version,
  isNeeded,
  createContext,
}: {
  version: string
  isNeeded: (name: string) => boolean
  createContext: (flags: () => GlobalFlags) => Context
}): Promise<Command> {
  const program = new Command('airs')
    .description('The command line of AIRS-CP: watch, control and export what goes through it.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .option(
      '--url <url>',
      `address of the control origin (default: AIRS_URL, the configuration file, the running stack, ${defaultUrl})`,
    )
    .option(
      '--token <token>',
      'its token; better in AIRS_TOKEN or the configuration file, where other users do not see it',
    )
    .option('--json', 'print results as JSON')
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .showHelpAfterError('Add --help to see what there is.')
    .addHelpText('afterAll', exitCodesHelp)
    .exitOverride()
  const context = createContext(() => program.opts<GlobalFlags>())
  const { stdout, stderr } = context.io
  program.configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    outputError: (text, write) => write(text.replace(/^error: /, 'airs: ')),
    getOutHelpWidth: () => stdout.columns || 100,
    getErrHelpWidth: () => stderr.columns || 100,
  })
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(sentence(summary)).summary(summary)
    if (isNeeded(name)) {
      ;(await load())(command, context)
      addGroupHelp(command)
    }
    command.hook('preSubcommand', refuseUnknown)
  }
  program.on('command:*', ([given]: string[]) => refuseCommand(program, given!))
  return program
}

/** A name that is not one of a group's commands is not an argument of the one that the group runs without a name. */
function refuseUnknown(group: Command, chosen: Command): void {
  const given = group.args[0]
  if (given === undefined || given.startsWith('-')) return
  if (commandNames(group).includes(given) || given === 'help' || chosen.registeredArguments.length > 0) return
  refuseSubcommand(group, given)
}

function sentence(summary: string): string {
  return `${summary[0]?.toUpperCase()}${summary.slice(1)}.`
}
