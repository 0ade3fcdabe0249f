//+------------------------------------------------------------------+
//| CString: a text as an object.                                    |
//+------------------------------------------------------------------+
#include "../Object.mqh"

class CString : public CObject
  {
protected:
   string            m_string;

public:
                     CString(void) : m_string("") {}
   string            Str(void) const { return(m_string); }
   uint              Len(void) const { return((uint)StringLen(m_string)); }
   void              Copy(string &copy) const { copy = m_string; }
   void              Copy(CString *copy) const
     {
      if(CheckPointer(copy) != POINTER_INVALID)
         copy.Assign(m_string);
     }
   bool              Fill(const short character) { return(StringFill(m_string, character)); }
   void              Assign(const string str) { m_string = str; }
   void              Assign(const CString *str)
     {
      if(CheckPointer(str) != POINTER_INVALID)
         m_string = str.Str();
     }
   void              Append(const string str) { m_string += str; }
   void              Append(const CString *str)
     {
      if(CheckPointer(str) != POINTER_INVALID)
         m_string += str.Str();
     }
   uint              Insert(const uint pos, const string str)
     {
      m_string = StringSubstr(m_string, 0, (int)pos) + str + StringSubstr(m_string, (int)pos);
      return(Len());
     }
   uint              Insert(const uint pos, const CString *str) { return(CheckPointer(str) == POINTER_INVALID ? Len() : Insert(pos, str.Str())); }
   int               Compare(const string str) const { return(StringCompare(m_string, str)); }
   int               Compare(const CString *str) const { return(CheckPointer(str) == POINTER_INVALID ? 1 : StringCompare(m_string, str.Str())); }
   virtual int       Compare(const CObject *node, const int mode = 0) const
     {
      const CString *other = node;
      return(CheckPointer(other) == POINTER_INVALID ? 1 : StringCompare(m_string, other.Str()));
     }
   int               CompareNoCase(const string str) const { return(StringCompare(m_string, str, false)); }
   int               CompareNoCase(const CString *str) const { return(CheckPointer(str) == POINTER_INVALID ? 1 : StringCompare(m_string, str.Str(), false)); }
   string            Left(const uint count) const { return(count == 0 ? "" : StringSubstr(m_string, 0, (int)count)); }
   string            Right(const uint count) const { return(StringSubstr(m_string, MathMax(0, (int)Len() - (int)count))); }
   string            Mid(const uint pos, const uint count) const { return(count == 0 ? "" : StringSubstr(m_string, (int)pos, (int)count)); }
   string            Delete(const uint pos, const uint count)
     {
      string cut = Mid(pos, count);
      m_string = StringSubstr(m_string, 0, (int)pos) + StringSubstr(m_string, (int)(pos + count));
      return(cut);
     }
   string            Trim(const string targets) { return(TrimLeft(targets) + TrimRight(targets)); }
   string            TrimLeft(const string targets)
     {
      int at = 0;
      while(at < StringLen(m_string) && StringFind(targets, StringSubstr(m_string, at, 1)) >= 0)
         at++;
      string cut = StringSubstr(m_string, 0, at);
      m_string = StringSubstr(m_string, at);
      return(at == 0 ? "" : cut);
     }
   string            TrimRight(const string targets)
     {
      int size = StringLen(m_string), at = size;
      while(at > 0 && StringFind(targets, StringSubstr(m_string, at - 1, 1)) >= 0)
         at--;
      string cut = at == size ? "" : StringSubstr(m_string, at);
      m_string = at == 0 ? "" : StringSubstr(m_string, 0, at);
      return(cut);
     }
   bool              ToLower(void) { return(StringToLower(m_string)); }
   bool              ToUpper(void) { return(StringToUpper(m_string)); }
   void              Reverse(void)
     {
      string turned = "";
      for(int i = StringLen(m_string) - 1; i >= 0; i--)
         turned += StringSubstr(m_string, i, 1);
      m_string = turned;
     }
   int               Find(const uint start, const string substring) const { return(StringFind(m_string, substring, (int)start)); }
   int               FindRev(const string substring) const
     {
      int found = -1, at = StringFind(m_string, substring);
      while(at >= 0)
        {
         found = at;
         at = StringFind(m_string, substring, at + 1);
        }
      return(found);
     }
   uint              Remove(const string substring) { return((uint)MathMax(0, StringReplace(m_string, substring, ""))); }
   uint              Replace(const string substring, const string newstring) { return((uint)MathMax(0, StringReplace(m_string, substring, newstring))); }
   virtual int       Type(void) const { return(0x7779); }
  };
