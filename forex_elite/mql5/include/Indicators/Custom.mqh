//+------------------------------------------------------------------+
//| CiCustom: an indicator from a file.                              |
//+------------------------------------------------------------------+
#include "Indicator.mqh"

class CiCustom : public CIndicator
  {
protected:
   int               m_num_params;
   MqlParam          m_params[];

public:
                     CiCustom(void) : m_num_params(0) {}
   bool              NumBuffers(const int buffers) { return(true); }
   int               NumParams(void) const { return(m_num_params); }
   ENUM_DATATYPE     ParamType(const int ind) const { return(m_params[ind].type); }
   long              ParamLong(const int ind) const { return(m_params[ind].integer_value); }
   double            ParamDouble(const int ind) const { return(m_params[ind].double_value); }
   string            ParamString(const int ind) const { return(m_params[ind].string_value); }
  };
