import type { ClientShape } from './clients.ts'

/**
 * Coding agents that use a format which only its own provider speaks: Codex sends OpenAI's Responses, Gemini CLI Gemini's
 * own. Written after their published documentation and the API references.
 */
const object = (properties: Record<string, object>, required: string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const string = (description: string) => ({ type: 'string', description })
const image =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

/** The tools of these agents, which whoever enforces a list of tools has on it. */
export const agentTools = [
  'exec_command',
  'apply_patch',
  'update_plan',
  'view_image',
  'web_search',
  'run_shell_command',
  'read_many_files',
  'write_file',
  'replace',
]

const message = (role: string, ...texts: string[]) => ({
  type: 'message',
  role,
  content: texts.map((text) => ({ type: role === 'assistant' ? 'output_text' : 'input_text', text })),
})
const codexTools = [
  {
    type: 'function',
    name: 'exec_command',
    description: 'Runs a command in a shell and returns its output.',
    strict: false,
    parameters: object({ cmd: string('The command'), yield_time_ms: { type: 'number' } }, ['cmd']),
  },
  {
    type: 'function',
    name: 'update_plan',
    description: 'Updates the plan of the task.',
    strict: false,
    parameters: object({ plan: { type: 'array', items: object({ step: string('What is done') }) } }),
  },
  {
    type: 'custom',
    name: 'apply_patch',
    description: 'Edits files. It takes a patch, not JSON.',
    format: {
      type: 'grammar',
      syntax: 'lark',
      definition: 'start: begin hunk+ end\nbegin: "*** Begin Patch" LF\n',
    },
  },
  { type: 'web_search', external_web_access: false },
]
const codex = (input: object[]) => ({
  instructions: 'You are a coding agent that works in a terminal on the computer of a user.',
  input: [
    message(
      'developer',
      '<permissions instructions>Files outside the project are read-only.</permissions instructions>',
    ),
    message('user', '# AGENTS.md\n\n<INSTRUCTIONS>\nRun the tests before you finish.\n</INSTRUCTIONS>'),
    message(
      'user',
      '<environment_context>\n  <cwd>/home/ann/weather</cwd>\n  <shell>bash</shell>\n</environment_context>',
    ),
    ...input,
  ],
  tools: codexTools,
  tool_choice: 'auto',
  parallel_tool_calls: false,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0199a213-81c0-7800-8aa1-bbab2a035a53',
  text: { verbosity: 'low' },
})

const responsesClients: [name: string, body: Record<string, unknown>][] = [
  ['codex, the first turn', codex([message('user', 'How warm is it?')])],
  [
    'codex, in the middle of a task',
    codex([
      message('user', 'How warm is it?'),
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: '**Looking at the files**' }],
        content: null,
        encrypted_content: 'gAAAAABo'.padEnd(200, 'x1Y2'),
      },
      {
        type: 'function_call',
        name: 'exec_command',
        arguments: '{"cmd":"ls -la","yield_time_ms":10000}',
        call_id: 'call_ls',
      },
      {
        type: 'function_call_output',
        call_id: 'call_ls',
        output:
          'Exit code: 0\nWall time: 0.1 seconds\nOutput:\ntotal 8\n-rw-r--r-- 1 ann ann 120 weather.py\n',
      },
      {
        type: 'custom_tool_call',
        status: 'completed',
        call_id: 'call_patch',
        name: 'apply_patch',
        input: '*** Begin Patch\n*** Update File: weather.py\n@@\n-print(17)\n+print(18)\n*** End Patch\n',
      },
      { type: 'custom_tool_call_output', call_id: 'call_patch', output: 'Success. Updated weather.py' },
      { type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'weather Zürich' } },
      message('assistant', 'The file is changed.'),
      {
        type: 'message',
        role: 'user',
        content: [
          { type: 'input_text', text: 'Look at this picture' },
          { type: 'input_image', image_url: `data:image/png;base64,${image}` },
        ],
      },
    ]),
  ],
]

const declarations = [
  {
    name: 'run_shell_command',
    description: 'Runs a command in bash.',
    parametersJsonSchema: object({ command: string('The command'), is_background: { type: 'boolean' } }, [
      'command',
    ]),
  },
  {
    name: 'write_file',
    description: 'Writes a file.',
    parametersJsonSchema: object({ file_path: string('Its path'), content: string('All of it') }),
  },
  {
    name: 'read_many_files',
    description: 'Reads files.',
    parameters: { type: 'OBJECT', properties: { include: { type: 'ARRAY', items: { type: 'STRING' } } } },
  },
]
/** As its client library takes them. */
const geminiCli = (contents: object[]) => ({
  contents: [
    {
      role: 'user',
      parts: [
        {
          text: '<session_context>\nToday is a day in June.\nThe folder is /home/ann/weather\n</session_context>',
        },
      ],
    },
    ...contents,
  ],
  config: {
    systemInstruction: {
      role: 'user',
      parts: [{ text: 'You are an interactive agent for software on the command line.' }],
    },
    tools: [{ functionDeclarations: declarations }],
    temperature: 1,
    topP: 0.95,
    topK: 64,
    thinkingConfig: { includeThoughts: true, thinkingBudget: 8_192 },
  },
})

const geminiClients: [name: string, body: Record<string, unknown>][] = [
  ['gemini cli, the first turn', geminiCli([{ role: 'user', parts: [{ text: 'How warm is it?' }] }])],
  [
    'gemini cli, in the middle of a task',
    geminiCli([
      { role: 'user', parts: [{ text: 'How warm is it?' }] },
      {
        role: 'model',
        parts: [
          { text: '**Looking at the files**', thought: true, thoughtSignature: 'CiQB'.padEnd(120, 'Ab3d') },
          {
            functionCall: { id: 'run-1', name: 'run_shell_command', args: { command: 'ls -la' } },
            thoughtSignature: 'CiQC'.padEnd(120, 'Ef5g'),
          },
        ],
      },
      {
        role: 'user',
        parts: [
          {
            functionResponse: {
              id: 'run-1',
              name: 'run_shell_command',
              response: { output: 'Command: ls -la\nOutput: weather.py\nExit Code: 0' },
            },
          },
        ],
      },
      { role: 'model', parts: [{ text: 'There is one file.' }] },
      {
        role: 'user',
        parts: [{ text: 'Look at this picture' }, { inlineData: { mimeType: 'image/png', data: image } }],
      },
    ]),
  ],
  [
    'gemini cli, a summary as JSON',
    {
      contents: [{ role: 'user', parts: [{ text: 'Who speaks next?' }] }],
      config: {
        temperature: 0,
        responseMimeType: 'application/json',
        responseJsonSchema: object({ next_speaker: { type: 'string', enum: ['user', 'model'] } }),
        thinkingConfig: { thinkingBudget: 512 },
      },
    },
  ],
]

export const nativeClients: readonly ClientShape[] = [
  ...responsesClients.map(([name, body]) => ({ name, format: 'openai.responses' as const, body })),
  ...geminiClients.map(([name, body]) => ({ name, format: 'gemini.generate-content' as const, body })),
]
