// Passkeys: <form data-passkey="create|get" data-options='{…}'> asks the device and sends its answer in the field `answer`.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

async function made(options) {
  const key = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  return answer(key, { attestationObject: text(key.response.attestationObject) });
}

async function signed(options) {
  const key = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  });
  return answer(key, {
    authenticatorData: text(key.response.authenticatorData),
    signature: text(key.response.signature),
    userHandle: key.response.userHandle ? text(key.response.userHandle) : undefined,
  });
}

function answer(key, response) {
  const clientDataJSON = text(key.response.clientDataJSON);
  return JSON.stringify({ id: key.id, rawId: text(key.rawId), type: key.type, response: { clientDataJSON, ...response } });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.namedItem("answer").value) return;
    event.preventDefault();
    const refusal = form.querySelector("[data-passkey-refusal]");
    refusal.hidden = true;
    try {
      const options = JSON.parse(form.dataset.options);
      form.elements.namedItem("answer").value = await (form.dataset.passkey === "create" ? made(options) : signed(options));
      form.submit();
    } catch (error) {
      refusal.hidden = false;
    }
  });
}
