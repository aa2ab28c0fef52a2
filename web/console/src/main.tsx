import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeTokenFromAddress } from './api/session';
import { App } from './app/App';
import './app/console.css';
import { startTranslations } from './i18n';

takeTokenFromAddress();
startTranslations();

// A link with a token may be followed in a tab where the console is already open.
window.addEventListener('hashchange', takeTokenFromAddress);

const root = document.getElementById('root');
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
