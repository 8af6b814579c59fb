import './api/configure-zod.ts';
import { windowBridge } from './api/index.ts';
import { mount } from './app/mount.tsx';

const root = document.getElementById('root');
if (root) mount(windowBridge(), root);
