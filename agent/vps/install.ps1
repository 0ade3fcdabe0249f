# ForexElite agent @VERSION@: installs beside the MetaTrader 5 terminals of the user who is logged on to this desktop.
# Needs Python 3.11 or newer (64 bit). The pairing key comes from the environment and is not in this file.
$ErrorActionPreference = 'Stop'
$server = '@SERVER@'
$folder = Join-Path $env:LOCALAPPDATA 'ForexElite\agent'
if (-not $env:FOREX_ELITE_AGENT_KEY) { throw 'Set FOREX_ELITE_AGENT_KEY first: copy the whole line of the agents page.' }

$test = 'import struct,sys; sys.exit(sys.version_info < (3,11) or struct.calcsize(\"P\") != 8)'
$python = $null
foreach ($candidate in @('py', 'python')) {
  if (-not (Get-Command $candidate -ErrorAction SilentlyContinue)) { continue }
  & $candidate -c $test 2>$null
  if ($LASTEXITCODE -eq 0) { $python = $candidate; break }
}
if (-not $python) {
  throw 'Python 3.11 or newer (64 bit) is needed: install it from python.org with "Add to PATH", then run this line again.'
}

Write-Host 'Creating the environment'
New-Item -ItemType Directory -Force $folder | Out-Null
& $python -m venv (Join-Path $folder 'venv')
$exe = Join-Path $folder 'venv\Scripts\python.exe'

Write-Host 'Installing packages'
$wanted = Join-Path $folder 'requirements.txt'
@'
@REQUIREMENTS@
'@ | Set-Content -Encoding ascii $wanted
& $exe -m pip install --quiet --disable-pip-version-check --requirement $wanted
if ($LASTEXITCODE -ne 0) { throw 'The packages could not be installed; the messages above say why.' }

Write-Host 'Downloading the agent'
$program = Join-Path $folder '@FILE@'
Invoke-WebRequest -UseBasicParsing -Uri "$server/api/agent/@FILE@" -OutFile $program
if ((Get-FileHash -Algorithm SHA256 $program).Hash -ne '@SHA256@') { throw 'The download is damaged; run this line again.' }

& $exe $program setup --server $server @PLAIN@ --agent-id '@AGENT@' --release-key '@RELEASE_KEY@'
if ($LASTEXITCODE -ne 0) { throw 'The setup did not finish; the message above says why.' }
Remove-Item Env:FOREX_ELITE_AGENT_KEY
