//+------------------------------------------------------------------+
//| Names and the event map of the controls.                         |
//+------------------------------------------------------------------+
#define CONTROLS_FONT_NAME "Trebuchet MS"
#define CONTROLS_FONT_SIZE 10
#define CONTROLS_BORDER_WIDTH 1
#define CONTROLS_INVALID_ID -1
#define ON_CLICK 0
#define ON_DBL_CLICK 1
#define ON_SHOW 2
#define ON_HIDE 3
#define ON_CHANGE 4
#define ON_START_EDIT 5
#define ON_END_EDIT 6
#define ON_SCROLL_INC 7
#define ON_SCROLL_DEC 8
#define ON_MOUSE_FOCUS_SET 9
#define ON_MOUSE_FOCUS_KILL 10
#define ON_DRAG_START 11
#define ON_DRAG_PROCESS 12
#define ON_DRAG_END 13
#define ON_BRING_TO_TOP 14
#define ON_APP_CLOSE 100
#define CONTROLS_DIALOG_MINIMIZE_LEFT 10
#define CONTROLS_DIALOG_MINIMIZE_TOP 10
#define CONTROLS_DIALOG_MINIMIZE_WIDTH 100
#define CONTROLS_DIALOG_MINIMIZE_HEIGHT 24
#define CONTROLS_DIALOG_CAPTION_HEIGHT 22
#define CONTROLS_DIALOG_BUTTON_OFF 3
#define CONTROLS_DIALOG_CLIENT_OFF 2
#define CONTROLS_BUTTON_SIZE 16
#define CONTROLS_SCROLL_SIZE 18
#define CONTROLS_COMBO_ITEM_HEIGHT 18
#define CONTROLS_LIST_ITEM_HEIGHT 18
#define CONTROLS_BUTTON_COLOR C'59,41,40'
#define CONTROLS_BUTTON_COLOR_BG C'221,226,235'
#define CONTROLS_BUTTON_COLOR_BORDER C'178,195,207'
#define CONTROLS_LABEL_COLOR C'59,41,40'
#define CONTROLS_EDIT_COLOR C'59,41,40'
#define CONTROLS_EDIT_COLOR_BG clrWhite
#define CONTROLS_EDIT_COLOR_BORDER C'178,195,207'
#define CONTROLS_COLOR_BG_DISABLE C'234,234,234'
#define CONTROLS_DIALOG_COLOR_CLIENT_BORDER C'200,200,200'
#define CONTROLS_DIALOG_COLOR_CAPTION_BG C'225,225,225'
#define CONTROLS_DIALOG_COLOR_BG C'240,240,240'
#define CONTROLS_DIALOG_COLOR_CLIENT_BG C'247,247,247'
#define CONTROLS_DIALOG_COLOR_BORDER_LIGHT clrWhite
#define CONTROLS_DIALOG_COLOR_BORDER_DARK C'182,182,182'
#define CONTROLS_DIALOG_COLOR_CAPTION_TEXT C'40,41,59'

// The event map of a dialog: a handler that tries one event after the other.
#define EVENT_MAP_BEGIN(class_name) bool class_name::OnEvent(const int id, const long &lparam, const double &dparam, const string &sparam) {
#define EVENT_MAP_END(parent_name) return(parent_name::OnEvent(id, lparam, dparam, sparam)); }
#define ON_EVENT(event, control, handler) if(id == (event + CHARTEVENT_CUSTOM) && lparam == control.Id()) { handler(); return(true); }
#define ON_EVENT_PTR(event, control, handler) if(control != NULL && id == (event + CHARTEVENT_CUSTOM) && lparam == control.Id()) { handler(); return(true); }
#define ON_NO_ID_EVENT(event, handler) if(id == (event + CHARTEVENT_CUSTOM)) { return(handler()); }
#define ON_NAMED_EVENT(event, control, handler) if(id == (event + CHARTEVENT_CUSTOM) && sparam == control.Name()) { handler(); return(true); }
#define ON_INDEXED_EVENT(event, controls, handler) { int total = ArraySize(controls); for(int i = 0; i < total; i++) if(id == (event + CHARTEVENT_CUSTOM) && lparam == controls[i].Id()) return(handler(i)); }
#define ON_EXTERNAL_EVENT(event, handler) if(id == (event + CHARTEVENT_CUSTOM)) { handler(lparam, dparam, sparam); return(true); }
