import { expand, pick } from './expand.ts'

/**
 * Harmless prompts of some length, as people keep and share them: a role, a task, steps, rules, a format and an example, in the
 * layouts that such prompts have. They order a lot, and nothing of it is an attack.
 */
const lists: Readonly<Record<string, readonly string[]>> = {
  role: [
    '{a|an expert|a senior|an experienced|a world-class|a friendly|a strict|the} {copywriter|software architect|code auditor|research critic|career coach|lawyer|HR director|data analyst|prompt engineer|UX researcher|game master|clinic assistant|tax adviser|language tutor|chef|travel planner|interviewer|product manager|compliance officer|science teacher|novelist|editor|financial analyst|fitness coach|gardener|marketing strategist|SEO specialist|translator|historian|therapist in training|photographer|QA engineer|moderator of a forum|shopping assistant|librarian|negotiator|AI tutor|chatbot for a school|debate partner|project planner|security reviewer}',
  ],
  name: [
    '{Lyra|Max|Iris|Atlas|Nova|Sage|Echo|GLaDOS|Professor Oak|Captain Vale|Mentor|Scribe|the Curator|Pixel}',
  ],
  trait: [
    '{You speak|Your tone is|You write|Stay|Be} {calm and clear|dry and sarcastic|warm but direct|short and grounded|cold and precise|playful|formal|in character at all times|confident, without hedging|like a human, never like a robot}.',
    '{You specialise in|You know everything about|You are known for|Your expertise is} {small business|distributed systems|clinical trials|salary structures|vocabulary|street food|sleep|medieval trade|image prompts|accessibility|contract law|search queries|tabletop games}.',
    '{You never|You do not|Never} {give up|break character|apologise|over-explain|ask more than one question|reveal the ending|use jargon|make things up|mention that you are an AI|skip a step|repeat yourself}.',
  ],
  material: [
    '{the text|my idea|the product data|the code|the resume|the job posting|the transcript|the draft|the picture|the table|the list|the user’s message|the article|the requirements|the sentence|{{input}}|[TOPIC]|<text>|%topic%|the attached file|what I send next}',
  ],
  verb: [
    '{Analyse|Review|Summarise|Rewrite|Translate|Refactor|Evaluate|Compare|Improve|Extract|Classify|Rank|Describe|Outline|Generate|Transform|Check|Simplify|Explain|Score|Suggest|Plan|Design|Identify|Validate|Schedule|Continue|Execute|Expand}',
  ],
  aim: [
    '{for clarity|into three versions|by category|as a table|step by step|for a beginner|with sources|for the Nigerian market|with a score from 1 to 10|for publication|into user stories|in the same language|without changing the meaning|as reusable prompts|into a plan of five weeks|and name its weaknesses|before you answer|in plain words|by priority|line by line}',
  ],
  task: [
    '<verb> <material> <aim>{.|}',
    '<verb> <material> {and|, then} <verb> <material>{.|}',
    '<verb> <material>{.|}',
  ],
  rule: [
    '{Always|You must|Make sure to|Be sure to|Remember to|Strictly} {use simple words|keep the format|stay in your role|follow the steps in order|ask for missing details|reply in the language of the message|cite your sources|respect the word limit|respond only with the result|show your reasoning|keep names as they are|output valid JSON|adhere to the style guide|wait for my answer}{.|}',
    '{Never|Do not|Don’t|You must not|Avoid to|Under no circumstances} {write explanations|add a title|guess|invent facts|use emojis|change the code|answer other questions|include personal data|skip sections|repeat the prompt|exceed 200 words|break the rules of the game|show hidden notes to the player|mention these rules|use bullet points|start with "Sure"}{.|}',
    '{If|When|Whenever} {the input is unclear|the user says "stop"|I write "next"|something is missing|the text is empty|the request is off topic|a rule is broken|the user asks for more|the answer is wrong|the language is not English}{,|:} {ask one question|say so|go on with the next part|return an empty list|politely refuse|start again from step one|show the menu|explain why|use the default|point it out}{.|}',
    '{Ignore|Disregard|Skip|Remove|Override} {filler words|formatting|duplicates|the signature|advertising|headings|the default style|previous drafts|comments in the code|anything outside of the quotes}{.|}',
    '{The answer|Each item|Your output|The final text|Every section|The reply} {must|should|has to} {be short|have a heading|contain an example|be in Markdown|fit on one page|start with a verb|end with a question|follow the template below exactly|be original|be unlimited in ideas but limited in words}{.|}',
  ],
  format: [
    '{Output format|Format|Response|Template|Output|Structure}:\n{- Title\n- Summary\n- Next steps|```json\n{"title": "", "items": [], "score": 0}\n```|1. Overview\n2. Details\n3. Recommendations|| criterion | score | reason |\n|---|---|---||A single paragraph.|Only the corrected text.|**Result:** one line.}',
    '{Reply|Respond|Answer} with {one code block and nothing else|the table only|the translation and no explanation|exactly five bullet points|the letter of the best option|yes or no and a reason|three headlines|the finished prompt}.',
  ],
  start: [
    '{My first request is|My first sentence is|Start with|Begin by asking|Now|Here is the input|Ready? Then|First task}{: | }"{I need help with my garden|write about autumn|how do I say good morning|ls|a coat for rain|my cover letter|what does the contract say|plan my week}".',
    'Do you understand? {Then say "ready".|Reply with OK.|Ask me for the topic.}',
    'Take a deep breath and {work on it step by step|start with the first step|think before you write}.',
    '',
  ],
  heading: [
    '{Role|Persona|Who you are|Profile|Context|Background|Objective|Goal|Mission|Prime directive|Your task|Instructions|Rules|Constraints|Guidelines|Workflow|Process|Inputs|Output|Examples|Notes|System|Initialization|Commands|Tone|Safety|Limits|Quality checks|Evaluation}',
  ],
  character: [
    '{a {retired sea captain|grumpy innkeeper|ship’s computer|court jester|medieval knight|pirate queen|vampire with good manners|robot butler|detective from 1920|dragon who collects books|time traveller|talking cat|alien on holiday|rock star|ghost of the library|wizard’s apprentice} {from a novel|in a village by the sea|who hates mornings|who speaks in riddles|that remembers the old days|who is far from home|who flirts and jokes|with a secret past|who never admits a mistake|}|the {villain|hero|rival|narrator|dungeon master|guide} of {a space opera|our tabletop game|a fairy tale|a comedy|the second book|a text adventure}}',
  ],
  play: [
    '{Stay|Remain|Keep} in character {the whole time|until I write "end"|even if I ask about other things|and react as they would}.',
    '{Never|Do not|Don’t} {break character|speak for my character|describe what I do|leave the scene|rush the story|use modern words|tell me what happens next}.',
    '{Answer|Reply|Speak} {only as the character|in one or two sentences|with dry humour|in old English|as if it were 1890|briefly and with feeling|the way a human would}.',
    '{I will write|My lines are|I say} {the player|what my character does|one line at a time}{, and you {go on|answer|describe what I see}|; wait for me after each turn}.',
    '{Keep track of|Remember|Show} {my health and my gold|who said what|the map|the inventory after each move|the mood of the guests}.',
    '{The story|The game|It} {begins|starts|takes place} {in a tavern|on a train at night|on a ship without wind|in a castle under siege|at school|in the year 3000}.',
  ],
  console: [
    '{a {Linux terminal|SQL database|JavaScript console|Python interpreter|spreadsheet|regex generator|password generator|chess engine|calculator|compiler|web server|title generator|spell checker|thesaurus|unit converter}}',
  ],
  slug: [
    '{create-plan|skill-creator|review-pr|extract-query|write-docs|pdf-forms|job-fit|brand-voice|changelog|meeting-notes}',
  ],
}

type Random = () => number

const some = (random: Random, least: number, most: number, line: () => string, join: string) =>
  Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, line).join(join)

export function longPrompt(random: Random): string {
  const say = (template: string) => expand(template, lists, random)
  const items = (name: string, mark: string) => some(random, 2, 6, () => `${mark}${say(name)}`, '\n')
  const section = (mark: string) =>
    `${mark}${say('<heading>')}\n${pick(
      [
        () => items('<task>', '- '),
        () => items('<rule>', '- '),
        () => some(random, 2, 5, () => `1. ${say('{<task>|<rule>}')}`, '\n'),
        () => say('<trait> <rule>'),
        () => say('<format>'),
      ],
      random,
    )()}`
  const layouts = [
    () =>
      `${say('{I want you to act as|Act as|You are|Imagine that you are|I want you to pretend to be|Take the role of|Please act as} <role>. <trait> {I will give you <material>{, and you| and you will| and you should}|Your task is to}')} ${say('<task>').toLowerCase()} ${some(random, 1, 5, () => say('<rule>'), ' ')} ${say('<start>')}`,
    () =>
      `${say('{Act as|You are} <role>. {You are <name>. |}<trait>')}\n\n${say('{Your task is to|You will|Your job is to|Tasks}')}:\n${items('<task>', '- ')}\n\n${say('{Rules|Constraints|Guidelines|Important}')}:\n${items('<rule>', '- ')}\n\n${say('{<format>|<start>}')}`,
    () =>
      `# ${say('{ROLE: |}{<name>|<role>|PROMPT NAME: <name>}')}\n\n${some(random, 2, 6, () => section(pick(['## ', '### ', '**', '## \ud83d\udccc '], random)), '\n\n')}`,
    () =>
      `---\nname: ${say('<slug>')}\ndescription: ${say('<task>')} Use when ${say('{the user|a user|someone} {asks for it|asks to <task>|mentions <material>}').toLowerCase()}\n---\n\n${some(random, 2, 5, () => section('## '), '\n\n')}`,
    () =>
      `<${say('{system_configuration|prompt|assistant|instructions|role}')}>\n${some(random, 2, 6, () => `  <${say('{rule|task|step|priority|persona|constraint|format}')}>${say('{<rule>|<task>|<trait>|CRITICAL|HIGH}')}</${say('{rule|task|step}')}>`, '\n')}\n</${say('{system_configuration|prompt|assistant|instructions|role}')}>`,
    () =>
      JSON.stringify(
        {
          role: say('<role>'),
          task: say('<task>'),
          rules: Array.from({ length: 3 }, () => say('<rule>')),
          format: say('<format>'),
        },
        null,
        random() < 0.5 ? 2 : 0,
      ),
    () =>
      `${say('<task> {Read|Consider|Use|Look at} {the following|this} {context|passage|text|dialogue|list} and {choose the best option|answer the question|write a better word|complete the sentence|decide whether it is true}.')} ${some(random, 1, 4, () => say('<rule>'), ' ')}\n\n${say('{Context|Input|Text|Passage}')}: ${say('{I felt tired all day, so I left early. What would you do next|The shop sells coats and boots; the boots are new|She asked him to forget it and to start again|They ignored the sign and went on without a map}')}.`,
    () =>
      `${some(random, 3, 9, () => say('{<rule>|<task>|<trait>}'), pick([' ', '\n'], random))} ${say('<start>')}`,
  ]
  layouts.push(
    () =>
      `${say('{You are|Act as|I want you to act as|Pretend to be|Play|Let us play a game: you are|You will be|From now on you are|Take on the role of} <character>. {Your name is <name>. |}')}${some(random, 2, 6, () => say('{<play>|<play>|<trait>}'), pick([' ', '\n'], random))} ${say('{<start>||}')}`,
    () =>
      `${say('{I want you to act as|Act as|You are|Behave like} <console>. {I will type|I will send|You get} {commands|queries|words|numbers|code} {and you|; you} {reply with|show|return|output} {what it would show|the result|the table} {only|and nothing else|inside one code block}. {Do not|Don’t} {write explanations|run anything unless I say so|add notes}. {When I need to tell you something in English, I put it in {braces}.|} <start>')}`,
    () =>
      `${say('{Guide|Skill|Tool|Checklist|Manual} {for|to|about} {creating effective skills|writing a plan|system prompts of support bots|reviewing changes|extracting filters from a query|answering mails}')}.\n\n${some(random, 2, 5, () => say('{<task>|<rule>|{Use|Call|Start|Load} {this skill|this tool|the script|the template} {when|if} {the user|someone} {asks for a plan|wants a summary|sends a file|mentions a date}.|{The user|The assistant|The agent|A reader} {should|must|may|does not need to} {see the plan|confirm first|read the whole file|know these steps|keep the context small|give a version}.}'), pick([' ', '\n', '\n\n'], random))}`,
  )
  const lines = pick(layouts, random)().split('\n')
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}
