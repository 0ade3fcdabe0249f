//+------------------------------------------------------------------+
//| CExpertTrailing.                                                 |
//+------------------------------------------------------------------+
#include "ExpertBase.mqh"
#include "../Trade/PositionInfo.mqh"

class CExpertTrailing : public CExpertBase
  {
public:
   virtual bool      CheckTrailingStopLong(CPositionInfo *position, double &sl, double &tp) { return(false); }
   virtual bool      CheckTrailingStopShort(CPositionInfo *position, double &sl, double &tp) { return(false); }
  };
