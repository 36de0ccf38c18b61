// pycognito, whose Python is in a virtual environment: see README.md.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';

const python = process.env.PYCOGNITO_PYTHON ?? resolve(import.meta.dirname, '../venv/bin/python');
const skip = existsSync(python) ? false : `there is no ${python}`;

test('pycognito signs in with a proof of the password and renews the session', { skip }, () => {
  execFileSync(python, ['pycognito_sign_in.py'], { cwd: import.meta.dirname, stdio: ['ignore', 'ignore', 'inherit'] });
});
