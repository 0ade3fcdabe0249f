#include "ChartObjectsTxtControls.mqh"

class CChartObjectPanel : public CChartObjectButton
  {
public:
   bool              Attach(CChartObjectLabel *chart_object) { return(true); }
  };
