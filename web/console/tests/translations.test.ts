import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chosenLanguage } from '../src/i18n';
import en from '../src/i18n/en.json';
import zh from '../src/i18n/zh.json';

type Tree = { [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree))
    if (typeof value === 'string') found.set(prefix + key, value);
    else for (const [path, text] of flatten(value, `${prefix}${key}.`)) found.set(path, text);
  return found;
}

const english = flatten(en);
const chinese = flatten(zh);

describe('translations', () => {
  it('have the same keys in both languages', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('have the same placeholders in both languages', () => {
    const placeholders = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map((match) => match[0]).sort();
    for (const [key, text] of english) expect(placeholders(chinese.get(key) ?? ''), key).toEqual(placeholders(text));
  });

  it('have no empty text', () => {
    for (const [key, text] of [...english, ...chinese]) expect(text.trim(), key).not.toBe('');
  });

  it('hold every key that the code names, and no other', () => {
    const named = new Set<string>();
    const prefixes: string[] = [];
    for (const source of sources(join(import.meta.dirname, '../src'))) {
      for (const match of source.matchAll(/\bt\(\s*'([^']+)'/g)) named.add(match[1]!);
      for (const match of source.matchAll(/\bt\(\s*`([^`$]+)\$\{/g)) prefixes.push(match[1]!);
      for (const match of source.matchAll(/t\('(app\.[a-zA-Z]+)'\)/g)) named.add(match[1]!);
    }
    const known = new Set([...english.keys()].map((key) => key.replace(/_(one|other)$/, '')));
    expect([...named].filter((key) => !known.has(key))).toEqual([]);
    expect(prefixes.filter((prefix) => ![...known].some((key) => key.startsWith(prefix)))).toEqual([]);
    expect([...known].filter((key) => !named.has(key) && !prefixes.some((prefix) => key.startsWith(prefix)))).toEqual([]);
  });

  it('begin with the language chosen before, else the first of the browser that the console speaks', () => {
    expect(chosenLanguage('zh', ['en-US'])).toBe('zh');
    expect(chosenLanguage(null, ['fr-FR', 'zh-Hans-CN', 'en'])).toBe('zh');
    expect(chosenLanguage('tlh', ['fr'])).toBe('en');
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
  });
}
