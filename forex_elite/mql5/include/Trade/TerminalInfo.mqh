//+------------------------------------------------------------------+
//| CTerminalInfo: the properties of the terminal.                   |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CTerminalInfo : public CObject
  {
public:
                     CTerminalInfo(void) {}
                    ~CTerminalInfo(void) {}
   int               Build(void) const { return(TerminalInfoInteger(TERMINAL_BUILD)); }
   bool              IsConnected(void) const { return((bool)TerminalInfoInteger(TERMINAL_CONNECTED)); }
   bool              IsDLLsAllowed(void) const { return((bool)TerminalInfoInteger(TERMINAL_DLLS_ALLOWED)); }
   bool              IsTradeAllowed(void) const { return((bool)TerminalInfoInteger(TERMINAL_TRADE_ALLOWED)); }
   bool              IsEmailEnabled(void) const { return((bool)TerminalInfoInteger(TERMINAL_EMAIL_ENABLED)); }
   bool              IsFtpEnabled(void) const { return((bool)TerminalInfoInteger(TERMINAL_FTP_ENABLED)); }
   int               MaxBars(void) const { return(TerminalInfoInteger(TERMINAL_MAXBARS)); }
   int               CodePage(void) const { return(TerminalInfoInteger(TERMINAL_CODEPAGE)); }
   int               CPUCores(void) const { return(TerminalInfoInteger(TERMINAL_CPU_CORES)); }
   int               MemoryPhysical(void) const { return(TerminalInfoInteger(TERMINAL_MEMORY_PHYSICAL)); }
   int               MemoryTotal(void) const { return(TerminalInfoInteger(TERMINAL_MEMORY_TOTAL)); }
   int               MemoryAvailable(void) const { return(TerminalInfoInteger(TERMINAL_MEMORY_AVAILABLE)); }
   int               MemoryUsed(void) const { return(TerminalInfoInteger(TERMINAL_MEMORY_USED)); }
   bool              IsX64(void) const { return((bool)TerminalInfoInteger(TERMINAL_X64)); }
   int               OpenCLSupport(void) const { return(TerminalInfoInteger(TERMINAL_OPENCL_SUPPORT)); }
   int               DiskSpace(void) const { return(TerminalInfoInteger(TERMINAL_DISK_SPACE)); }
   string            Language(void) const { return(TerminalInfoString(TERMINAL_LANGUAGE)); }
   string            Name(void) const { return(TerminalInfoString(TERMINAL_NAME)); }
   string            Company(void) const { return(TerminalInfoString(TERMINAL_COMPANY)); }
   string            Path(void) const { return(TerminalInfoString(TERMINAL_PATH)); }
   string            DataPath(void) const { return(TerminalInfoString(TERMINAL_DATA_PATH)); }
   string            CommonDataPath(void) const { return(TerminalInfoString(TERMINAL_COMMONDATA_PATH)); }
   long              InfoInteger(const ENUM_TERMINAL_INFO_INTEGER prop_id) const { return(TerminalInfoInteger(prop_id)); }
   string            InfoString(const ENUM_TERMINAL_INFO_STRING prop_id) const { return(TerminalInfoString(prop_id)); }
  };
