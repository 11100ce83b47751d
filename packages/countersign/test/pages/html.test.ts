import { describe, expect, test } from 'vitest';
import { html, isConfigError, unsafeHtml } from '../../src/index.ts';

const evil = `"><script>alert(1)</script>'&`;

test('what somebody typed is text, between elements and in attributes', () => {
  expect(String(html`<p title="${evil}" class='${evil}'>${evil}</p>`)).toBe(
    `<p title="${escaped}" class='${escaped}'>${escaped}</p>`,
  );
});
const escaped = '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;&amp;';

test('templates nest, lists are joined, and nothing is nothing', () => {
  const items = ['a', '<b>'].map((name) => html`<li>${name}</li>`);
  expect(String(html`<ul>${items}</ul>${undefined}${null}${false}${true}${0}${[1, ['2']]}`)).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>012',
  );
});

test('an attribute is there or not, and says true or false where it has a value', () => {
  const option = (selected: boolean) =>
    String(html`<option value="x" ?selected=${selected} aria-busy="${selected}">X</option>`);
  expect(option(true)).toBe('<option value="x" selected aria-busy="true">X</option>');
  expect(option(false)).toBe('<option value="x"  aria-busy="false">X</option>');
});

test('HTML in an attribute cannot end it, and is not escaped twice', () => {
  expect(String(html`<p title="${html`<b>${'Tom & "Jerry"'}</b>`}">`)).toBe(
    '<p title="&lt;b&gt;Tom &amp; &quot;Jerry&quot;&lt;/b&gt;">',
  );
});

test.each(['javascript:alert(1)', ' JaVa\nScript:alert(1)', 'vbscript:x', '\u0001javascript:x'])(
  'a link to %j leads nowhere',
  (url) => {
    expect(String(html`<a href="${url}">x</a>`)).toBe('<a href="about:invalid">x</a>');
    expect(String(html`<form action='${url}'>`)).toBe("<form action='about:invalid'>");
  },
);

test('other links stay', () => {
  for (const url of ['/a?b=c', 'https://example.com', 'mailto:a@b', '#x', 'data:image/png;base64,'])
    expect(String(html`<img src="${url}">`)).toBe(`<img src="${url}">`);
  expect(String(html`<a href="/browse/${'javascript:1'}">`)).toContain('/browse/javascript:1');
});

describe('a value that nothing can make safe is refused', () => {
  const x = 'x';
  const templates: Record<string, () => unknown> = {
    'in a script': () => html`<script>const a = ${x};</script>`,
    'in a script with attributes': () => html`<SCRIPT type="module">f('${x}')</SCRIPT>`,
    'in a style': () => html`<style>a { color: ${x} }</style>`,
    'in a comment': () => html`<!-- ${x} -->`,
    'in an attribute without quotes': () => html`<a href=${x}>`,
    'in the middle of one': () => html`<a href=/b/${x}>`,
    'as a whole attribute': () => html`<a ${x}>`,
    'as the name of a tag': () => html`<${x}>`,
    'as the name of a closing tag': () => html`</${x}>`,
    'in an event handler': () => html`<a onclick="f(${x})">`,
    'in an event handler of htmx': () => html`<a hx-on:click="f(${x})">`,
    'as an event handler that may be there': () => html`<a ?onclick=${true}>`,
    'in srcdoc': () => html`<iframe srcdoc="${x}"></iframe>`,
  };
  test.each(Object.entries(templates))('%s', (_, make) => {
    expect(make).toThrow(/^html: a value cannot stand/);
    try {
      make();
    } catch (error) {
      expect(isConfigError(error)).toBe(true);
    }
  });
});

test('what looks like such a place is none after it ended', () => {
  expect(
    String(
      html`<!doctype html><script>if (a < b) c('</p>')</script><!-- > --><style>a > b {}</style><p data-a=1 title="a > b">1 < 2 ${'x'}</p><br/><b title="${'y'}">`,
    ),
  ).toContain('1 < 2 x</p><br/><b title="y">');
});

test('a script that was written in a template has the nonce, one that came by a value has not', () => {
  const page = html`<script src="a.js"></script><SCRIPT>f()</SCRIPT>${html`<style>b {}</style>`}${'<script>'}${unsafeHtml('<script>g()</script>')}`;
  expect(page.render('n')).toBe(
    '<script nonce="n" src="a.js"></script><SCRIPT nonce="n">f()</SCRIPT><style nonce="n">b {}</style>&lt;script&gt;<script>g()</script>',
  );
  expect(String(page)).not.toContain('nonce');
});

test('nothing that JSON can hold passes for HTML', () => {
  const forged = JSON.parse('{"parts":["<b>"],"text":"<b>"}');
  expect(String(html`${forged}`)).toBe('[object Object]');
});
