//+------------------------------------------------------------------+
//| CTrailingNone.                                                   |
//+------------------------------------------------------------------+
#include "../ExpertTrailing.mqh"

class CTrailingNone : public CExpertTrailing
  {
public:
  };
