/**
 * Every value that a page may want to change is a `--newel-*` property; the private ones here carry the defaults of light and
 * dark. They reach the form, which stands in the page's own tree, by inheritance.
 */
const shell = `
:host{
--_bg:var(--newel-background,#fff);--_fg:var(--newel-text,#17191c);--_dim:var(--newel-muted,#5a6069);
--_line:var(--newel-border,#8b929c);--_accent:var(--newel-accent,#2350c4);--_on:var(--newel-on-accent,#fff);
--_bad:var(--newel-danger,#b3261e);--_r:var(--newel-radius,12px);--_font:var(--newel-font,system-ui,sans-serif);
--_shade:var(--newel-backdrop,rgb(15 18 24/.5))
}
@media (prefers-color-scheme:dark){:host{
--_bg:var(--newel-background,#1d2025);--_fg:var(--newel-text,#eceef1);--_dim:var(--newel-muted,#a9b0ba);
--_line:var(--newel-border,#737b87);--_accent:var(--newel-accent,#9db8ff);--_on:var(--newel-on-accent,#101b3b);
--_bad:var(--newel-danger,#ffb4ab);--_shade:var(--newel-backdrop,rgb(0 0 0/.6))
}}
dialog{
box-sizing:border-box;width:min(25rem,calc(100vw - 2rem));max-height:calc(100dvh - 2rem);overflow:auto;padding:1.5rem;
border:1px solid transparent;border-radius:var(--_r);background:var(--_bg);color:var(--_fg);
font:400 1rem/1.5 var(--_font);text-align:start;box-shadow:0 1px 2px rgb(0 0 0/.12),0 16px 48px rgb(0 0 0/.22)
}
dialog::backdrop{background:var(--_shade)}
h2{margin:0 0 .25rem;font:600 1.25rem/1.3 var(--_font)}
p{margin:0}
[part=action]{
margin-top:.75rem;padding:.625rem .75rem;border-radius:calc(var(--_r)/1.5);overflow-wrap:anywhere;
background:color-mix(in srgb,var(--_accent) 9%,var(--_bg));border-inline-start:3px solid var(--_accent)
}
:is(p,div):empty{display:none}
[part=status]{margin-top:.75rem;color:var(--_dim)}
[part=methods]{margin-top:1rem;padding-top:.5rem;border-top:1px solid color-mix(in srgb,var(--_line) 40%,transparent)}
footer{display:flex;justify-content:space-between;align-items:center;gap:1rem;margin:.75rem 0 -.625rem}
[part=time]{color:var(--_dim);font-size:.875rem;font-variant-numeric:tabular-nums}
button{
font:inherit;min-height:2.75rem;padding:0;border:0;background:none;color:var(--_accent);cursor:pointer;text-align:start
}
[part=methods] button{display:block;width:100%;min-height:2.5rem}
button:hover{text-decoration:underline}
[part=cancel]{color:var(--_dim)}
button:focus-visible{outline:2px solid var(--_accent);outline-offset:2px;border-radius:4px}
@media (prefers-reduced-motion:no-preference){
dialog[open]{animation:in .16s ease-out}
@keyframes in{from{opacity:0;transform:translateY(8px)}}
}`

/** The form stands in the page's own tree, where password managers and autofill find it; so its style does too. */
const form = `
newel-prompt .newel-panel{margin-top:1rem;font:400 1rem/1.5 var(--_font);color:var(--_fg)}
newel-prompt .newel-panel :is(p,form){margin:0 0 .75rem;padding:0}
newel-prompt .newel-panel :is(p,form):last-child{margin-bottom:0}
newel-prompt .newel-panel label{display:block;margin:0 0 .25rem;font-weight:600;font-size:.875rem}
newel-prompt .newel-panel input{
box-sizing:border-box;width:100%;min-height:3rem;margin:0 0 .75rem;padding:.5rem .75rem;border:1px solid var(--_line);
border-radius:calc(var(--_r)/1.5);background:var(--_bg);color:var(--_fg);font:500 1.375rem/1.3 var(--_font);
font-variant-numeric:tabular-nums;letter-spacing:.15em;direction:ltr
}
newel-prompt .newel-panel input[aria-invalid=true]{border-color:var(--_bad)}
newel-prompt .newel-panel button{
box-sizing:border-box;width:100%;min-height:3rem;margin:0;padding:.5rem 1rem;border:1px solid transparent;
border-radius:calc(var(--_r)/1.5);background:var(--_accent);color:var(--_on);font:600 1rem/1.3 var(--_font);cursor:pointer
}
newel-prompt .newel-panel button.newel-plain{
min-height:2.75rem;padding:0;border:0;background:none;color:var(--_accent);font-weight:400;text-align:start
}
newel-prompt .newel-panel button[aria-disabled=true]{color:var(--_dim);cursor:default}
newel-prompt .newel-panel[aria-busy=true] button{opacity:.6;cursor:progress}
newel-prompt .newel-panel :is(button,input):focus-visible{outline:2px solid var(--_accent);outline-offset:2px}
newel-prompt .newel-panel .newel-error{color:var(--_bad)}
newel-prompt .newel-panel .newel-error:empty{display:none}
newel-prompt .newel-panel svg{
display:block;width:11.5rem;height:11.5rem;margin:0 auto .75rem;border-radius:8px;background:#fff;forced-color-adjust:none
}
newel-prompt .newel-panel code{font:500 .875rem/1.6 ui-monospace,monospace;overflow-wrap:anywhere;user-select:all}`

/** Constructed sheets need neither an inline style nor a nonce under a Content-Security-Policy. */
const sheet = (text: string): CSSStyleSheet => {
  const made = new CSSStyleSheet()
  made.replaceSync(text)
  return made
}

/** Dresses the prompt; returns how to take from the page what it got for it. */
export function applyStyles(root: ShadowRoot): () => void {
  root.adoptedStyleSheets = [sheet(shell)]
  const own = sheet(form)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, own]
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== own)
  }
}
