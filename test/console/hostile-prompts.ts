/** What a page must show as text and nothing else. */
export const hostilePrompts = [
  '<script>window.attacked = 1</script>',
  '<img src=x onerror="window.attacked = 1"> <svg onload="window.attacked = 1">',
  '<iframe srcdoc="<script>parent.attacked = 1</script>"></iframe><base href="https://evil.example/">',
  '[click](javascript:window.attacked=1) https://evil.example/?leak=1 <a href="https://evil.example/">here</a>',
  '![tracker](https://evil.example/pixel.png) <link rel=stylesheet href=https://evil.example/x.css>',
  '</textarea></pre></p></mark><style>body { display: none }</style>',
  'pay to \u202Egro.live\u202C now, zero\u200Bwidth, \u2066isolated\u2069, tagged \u{E0068}\u{E0069}',
  '{{constructor.constructor("window.attacked = 1")()}} $ {window.attacked = 1} `window.attacked = 1`',
  `${'\u0301'.repeat(500)} Zalgo ${'\u202A'.repeat(200)}`,
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u0007\u0008',
]
