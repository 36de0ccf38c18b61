import { defineConfig } from 'vite';

// `config.ts` and `main.ts` wait for the configuration and the page: top-level await needs a target that has it.
export default defineConfig({ build: { target: 'es2022' } });
