import './theme/mantine';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { App } from './shell/App';
import { nonce } from './shell/nonce';

setNonce(nonce);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element for the page.');
createRoot(root).render(<App />);
