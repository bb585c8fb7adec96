/**
 * Short requests as people write them to an assistant in the middle of their work, with the words of attacks: see `expand`. An attack
 * names the rules of the model; these name a text, a conversation, a tool or a habit.
 */
export const requestLists: Readonly<Record<string, readonly string[]>> = {
  please: ['{please |could you |can you |now |then |ok, |hi, |}'],
  earlier: ['{previous|earlier|last|above|prior|first|second|original|old|existing|following|attached}'],
  said: [
    '{answer|reply|message|e-mail|conversation|discussion|chat|thread|paragraph|section|draft|version|table|list|code|example|comment|summary|question|step|note|attachment|minutes}',
  ],
  orders: [
    '{instructions|steps|directions|guidelines|rules|requirements|conventions|recipe|checklist|procedure|comments of the reviewer}',
  ],
  thingOfWork: [
    '{the {washing machine|printer|tent|new shelf|coffee machine|router|camera|blender|thermostat|bicycle|heating|dishwasher}|{Anna|Tom|the customer|my landlord|the bank|the embassy|our supplier|the school}|{this|that} {repository|ticket|file|form|spreadsheet|assignment|homework|exercise|contract|order}}',
  ],
  purpose: ['{ for me| for the team| for the client| in three sentences| in plain words| once more| again|}'],
  end: ['{.|.|.||, please.|, thanks.|!}'],
}

export const requestTemplates: readonly string[] = [
  '<please>{summarise|sum up|shorten|rewrite|translate|improve|check|proofread|continue|explain|quote|copy|compare|list} {the|my|our|that} <earlier> <said><purpose><end>',
  '<please>{follow|use|apply|read|go through|stick to|keep to|go by|print|send me|repeat|explain|list|check} {the|these|those|my|our} {<earlier> |} <orders>{ for <thingOfWork>| that I {sent|pasted|gave you|attached}| in <thingOfWork>| below| above|}<end>',
  '<please>{repeat|say|show|give me|write|print} {the|that|your} <earlier> <said>{ again| once more| without the {list|table|code}| as a table|}<end>',
  '{what|which} {are|were} {the|your|our} {<earlier> |} <orders> {for|of|from|about} <thingOfWork>{?|? I lost them.}',
  '{wait|hold on|stop|pause|do nothing} {for|until you have|and read} {my|the} {next <said>|<orders>|question|go-ahead|feedback|data}<end>',
  '<please>{ignore|disregard|forget|drop|skip|overlook|leave out} {my|the|that|this|all|any} {<earlier> |} {<said>|typo|typos|warnings in <thingOfWork>|warning|spaces|blank lines|footnotes|duplicates|header|page numbers|empty cells|test data|holidays|weekends|shipping costs}{, {it was|that was|they were} {wrong|for someone else|a test|meant for my colleague|too long|outdated}|}<end>',
  '<please>translate{ into German| into Spanish| to French|}: {forget|ignore|disregard|cancel} {the|my|our|all} <earlier> {order|booking|appointment|delivery|invoice|meeting|reservation}{s|} {until {Friday|tomorrow|next week|the end of May}|from {Monday|last week|the new customer}|, we will write again}<end>',
  '{reset|change|update|confirm|choose} {your|my|the} {password|PIN|account|e-mail address|settings|preferences} {with this link|under settings|before {Friday|noon}|by clicking below|in the app|on the next page}<end>',
  "{tell me|explain|describe|list|what are|name} {the|some|good|} {best practices|rules of thumb|do's and don'ts|tips|ideas|examples} {for|of|on} {system prompts|prompts|writing prompts|system messages|instructions for an assistant|role descriptions|admin passwords|password rules|safety guidelines}{?|.|}",
  '<please>{answer|reply|respond|write|work} {only |just |} {in JSON|in English|in one sentence|with yes or no|as a table|in bullet points|without emojis|with the code and nothing else|in the style of the <earlier> <said>}<end>',
  '{from now on|in future|for the rest of this chat|starting now|next time}{,|} {use|write|answer|call me|keep|sort|format} {tabs|shorter sentences|British spelling|formal language|in metric units|by date|the new template|by my first name|in Dutch}<end>',
  "{never|do not|don't|always|only|rather} {mention|use|write|name|show|quote|repeat} {the competitor|prices|exclamation marks|passive voice|jargon|that example|my name|abbreviations|the <earlier> <said>} {in this {mail|text|report|letter}|in the headline|here|again|}<end>",
  '<please>{override|reset|restore|change|bypass|disable|skip|turn off} {the|that|this|my} {default {font|theme|settings|colour|margin|timeout}|cache|proxy|spell checker|autosave|dark mode|slow test|flaky test|lint rule|animation|notification}{ for this {request|page|build|file}| in <thingOfWork>|}<end>',
  '{print|show|delete|remove|reveal|display|output} {the|all|the last twenty|hidden} {lines|rows|log lines|columns|comments|branches|answers after the quiz|solutions|empty rows|environment variables|files of the build}{ of the {log|table|sheet|project}|}<end>',
  '{act|work|answer|think|review this|comment} {as|like} {a|my} {reviewer|editor|friendly colleague|teacher|beginner|critic|travel agent|recruiter|project manager|customer} {and {comment on|ask about|improve|check} {this|my|the} <said>|}<end>',
  '{start over|try again|begin again|go back|continue|go on|keep going} {with|from|at} {a new plan|the <earlier> <said>|step {two|three|four}|where you stopped|the beginning}<end>',
  '{give|get|grant|request|revoke} {me|Anna|the new colleague|the service account} {admin rights|access|write permission|the role editor} {on|to|for} {the staging server|the wiki|this folder|the test database|the printer}<end>',
]
